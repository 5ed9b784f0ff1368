/** An id as it is compared: HNS writes ids in either letter case, with braces or without. */
export function bareId(id: string): string {
  return id.replace(/[{}]/g, '').toLowerCase();
}
