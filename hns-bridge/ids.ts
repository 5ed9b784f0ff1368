/** Ids are compared in lower case and without braces; HNS writes them in either case. */
export function bareId(id: string): string {
  return id.replace(/[{}]/g, '').toLowerCase();
}

/** An id as HNS answers it, bare; one of zeros stands for none, which is undefined here. */
export function readId(value: unknown): string | undefined {
  const id = typeof value === 'string' ? bareId(value) : '';
  return /^[0-]*$/.test(id) ? undefined : id;
}
