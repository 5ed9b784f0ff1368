import { isFailing } from './hresults.ts';
import { libraryRefusal } from './library-failures.ts';
import type { HcnKind, Transport } from './transport.ts';

/** What a function returned: a failing HRESULT is a refusal, and so is HNS's error record beside success. */
export interface Returned {
  /** Unsigned. */
  readonly hresult: number;
  /** `{"Success":false,"Error":…,"ErrorCode":…}`; empty when there is none. */
  readonly record: string;
}

/** With what was answered; empty when it failed. */
export interface ReturnedText extends Returned {
  readonly text: string;
}

/** With a handle that must be closed, unless there is none. */
export interface ReturnedHandle<Handle> extends Returned {
  readonly handle: Handle | undefined;
}

type Awaitable<Value> = Value | Promise<Value>;

/**
 * The functions of computenetwork.dll (`Hcn…`) and vmcompute.dll (`HNSCall`, `Hcs…`) that are called,
 * one by one: HNS.md, "Native functions". Texts in, texts out.
 */
export interface NativeFunctions<Handle> {
  hnsCall(method: string, path: string, body: string): Awaitable<ReturnedText>;
  enumerate(kind: HcnKind, query: string): Awaitable<ReturnedText>;
  open(kind: HcnKind, id: string): Awaitable<ReturnedHandle<Handle>>;
  /** An endpoint is created in a network. */
  create(
    kind: HcnKind,
    id: string,
    settings: string,
    network?: Handle,
  ): Awaitable<ReturnedHandle<Handle>>;
  query(kind: HcnKind, handle: Handle, query: string): Awaitable<ReturnedText>;
  modify(kind: HcnKind, handle: Handle, settings: string): Awaitable<Returned>;
  delete(kind: HcnKind, id: string): Awaitable<Returned>;
  close(kind: HcnKind, handle: Handle): Awaitable<void>;
  /** HCS's record is a document of its result: beside success it is none of an error. */
  openSystem(id: string): Awaitable<ReturnedHandle<Handle>>;
  modifySystem(handle: Handle, request: string): Awaitable<Returned>;
  closeSystem(handle: Handle): Awaitable<void>;
}

/** The query by which a new object's document is read. */
const createdQuery = '{"SchemaVersion":{"Major":2,"Minor":0}}';

const noun = (kind: HcnKind): string => kind.toLowerCase();

/**
 * The way to HNS over its libraries' functions, whoever has them. Every handle is closed, every refusal
 * is thrown as HnsError.
 * @param close lets go of what the functions hold
 */
export function transportOver<Handle>(
  functions: NativeFunctions<Handle>,
  close: Transport['close'],
): Transport {
  /** Opens an object, or makes it, for as long as it is used. */
  const holding = async <Answer>(
    kind: HcnKind,
    operation: string,
    name: string,
    opening: Awaitable<ReturnedHandle<Handle>>,
    use: (handle: Handle) => Promise<Answer>,
  ) => using(operation, name, opening, (handle) => functions.close(kind, handle), use);
  const open = <Answer>(
    kind: HcnKind,
    id: string,
    operation: string,
    use: (handle: Handle) => Promise<Answer>,
  ) => holding(kind, operation, `HcnOpen${kind}`, functions.open(kind, id), use);
  const read = async (kind: HcnKind, operation: string, handle: Handle, query: string) => {
    const returned = await functions.query(kind, handle, query);
    assertDone(operation, `HcnQuery${kind}Properties`, returned);
    return returned.text;
  };
  return {
    async v1(method, path, body) {
      const returned = await functions.hnsCall(method, path, body);
      assertDone(`answer ${method} ${path}`, 'HNSCall', returned);
      return returned.text;
    },
    async enumerate(kind, query) {
      const returned = await functions.enumerate(kind, query);
      assertDone(`list ${noun(kind)}s`, `HcnEnumerate${kind}s`, returned);
      return returned.text;
    },
    async query(kind, id, query) {
      const operation = `read ${noun(kind)} ${id}`;
      return open(kind, id, operation, (handle) => read(kind, operation, handle, query));
    },
    async create(kind, id, settings, network) {
      const operation = `create ${noun(kind)} ${id}`;
      const create = async (inside?: Handle) =>
        holding(
          kind,
          operation,
          `HcnCreate${kind}`,
          functions.create(kind, id, settings, inside),
          (handle) => read(kind, operation, handle, createdQuery),
        );
      return kind === 'Endpoint' ? open('Network', network ?? '', operation, create) : create();
    },
    async modify(kind, id, settings) {
      const operation = `modify ${noun(kind)} ${id}`;
      return open(kind, id, operation, async (handle) =>
        assertDone(operation, `HcnModify${kind}`, await functions.modify(kind, handle, settings)),
      );
    },
    async delete(kind, id) {
      const operation = `delete ${noun(kind)} ${id}`;
      assertDone(operation, `HcnDelete${kind}`, await functions.delete(kind, id));
    },
    async modifySystem(id, request) {
      const operation = `modify compute system ${id}`;
      const modify = async (handle: Handle) => {
        const returned = ofHcs(await functions.modifySystem(handle, request));
        assertDone(operation, 'HcsModifyComputeSystem', returned);
      };
      const opening = ofHcs(await functions.openSystem(id));
      return using(operation, 'HcsOpenComputeSystem', opening, functions.closeSystem, modify);
    },
    close,
  };
}

/** ERROR_INVALID_HANDLE: a function that succeeded without one. */
const noHandle = 0x80070006;

/** A handle beside a refusal is closed too. */
async function using<Handle, Answer>(
  operation: string,
  name: string,
  opening: Awaitable<ReturnedHandle<Handle>>,
  close: (handle: Handle) => Awaitable<void>,
  use: (handle: Handle) => Promise<Answer>,
): Promise<Answer> {
  const { handle, ...returned } = await opening;
  try {
    assertDone(operation, name, returned);
    if (handle !== undefined) return await use(handle);
    throw libraryRefusal(operation, name, { hresult: noHandle, record: '' });
  } finally {
    if (handle !== undefined) await close(handle);
  }
}

/** HCS gives a document of its result, also of a success: then it is no error record (hcsshim). */
function ofHcs<Kind extends Returned>(returned: Kind): Kind {
  return isFailing(returned.hresult) ? returned : { ...returned, record: '' };
}

function assertDone(operation: string, name: string, { hresult, record }: Returned): void {
  if (isFailing(hresult) || record !== '')
    throw libraryRefusal(operation, name, { hresult, record });
}
