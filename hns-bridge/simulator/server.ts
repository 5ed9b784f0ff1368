import { existsSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { isAbsolute, join } from 'node:path';
import type { Returned, ReturnedHandle, ReturnedText } from '../native-functions.ts';
import type { HcnKind } from '../transport.ts';
import { type Caller, openCalls } from './calls.ts';
import { functionsOver, type SimulatedFunctions } from './functions.ts';
import type { SimulatorHost } from './lock.ts';
import { type Asked, printAnswer, readLine } from './wire.ts';

/** A simulator that serves the libraries in dlls/, and through them any client of HNS. */
export interface Server {
  /** Where it listens, on the loopback address alone. */
  readonly port: number;
  close(): Promise<void>;
}

/** RPC_S_CALL_FAILED: what the simulator itself could not do. */
const failed = 0x800706be;

/**
 * Listens for calls of the libraries' functions. Each client says which simulated HNS it means: a folder
 * with an hns.json. Other processes may use the same folders by openSimulator.
 * @param complain told what the simulator itself could not do: an hns.json that is none
 */
export async function startServer(
  host: SimulatorHost,
  complain: (problem: string) => void,
): Promise<Server> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // A client that was killed: nobody waits for the answer.
    socket.on('error', () => {});
    serveClient(socket, host, complain);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

function serveClient(
  socket: Socket,
  host: SimulatorHost,
  complain: (problem: string) => void,
): void {
  let functions: SimulatedFunctions | undefined;
  let rest = '';
  const take = async (line: string) => {
    // Its hello was refused: that has been said.
    if (socket.destroyed) return;
    try {
      const asked = readLine(line);
      if (asked.name === 'hello') {
        functions = undefined;
        functions = functionsFor(asked, host);
      } else if (functions) socket.write(await answerTo(functions, asked));
      else throw new Error(`${asked.name} came before hello`);
    } catch (error) {
      if (error instanceof CallerEnds) {
        socket.write('die\n');
        return;
      }
      complain(error instanceof Error ? error.message : String(error));
      // A hello has no answer: its client learns of it at its first call.
      if (functions) socket.write(printAnswer(failed, undefined, ''));
      else socket.destroy();
    }
  };
  let turn = Promise.resolve();
  socket.setEncoding('latin1');
  socket.on('data', (piece: string) => {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) turn = turn.then(() => take(line));
  });
}

/** Thrown in a call whose caller a fault ends: it gets no answer. */
class CallerEnds extends Error {}

function functionsFor({ texts }: Asked, host: SimulatorHost): SimulatedFunctions {
  const [folder = '', pid = '', program = ''] = texts;
  // Only where somebody has laid one out: a client must not make an HNS of any folder.
  if (!isAbsolute(folder) || !existsSync(join(folder, 'hns.json'))) {
    throw new Error(`no hns.json in ${folder}`);
  }
  const caller: Caller = {
    pid: Number(pid),
    program: program.split(/[\\/]/).at(-1) ?? '',
    end: () => {
      throw new CallerEnds();
    },
  };
  return functionsOver(openCalls({ folder, host, caller }));
}

/** Calls the function of a name: the answer's line. */
async function answerTo(functions: SimulatedFunctions, { name, texts }: Asked): Promise<string> {
  const [first = '', second = '', third = ''] = texts;
  const text = ({ hresult, record, text }: ReturnedText) =>
    printAnswer(hresult, hresult === 0 || text !== '' ? text : undefined, record);
  const handle = ({ handle, hresult, record }: ReturnedHandle<{ readonly id: string }>) =>
    printAnswer(hresult, handle?.id, record);
  const nothing = ({ hresult, record }: Returned) => printAnswer(hresult, undefined, record);
  switch (name) {
    case 'HNSCall':
      return text(await functions.hnsCall(first, second, third));
    case 'HcsOpenComputeSystem':
      return handle(await functions.openSystem(first));
    case 'HcsModifyComputeSystem':
      return nothing(await functions.modifySystem({ id: first }, second));
    case 'HcsGetComputeSystemProperties':
      return text(await functions.systemProperties({ id: first }));
    case 'HcnCreateEndpoint':
      return handle(await functions.create('Endpoint', second, third, { id: first }));
    default: {
      const [, verb, kind] =
        /^Hcn([A-Z][a-z]+)(Network|Endpoint|Namespace)(?:s|Properties)?$/.exec(name) ?? [];
      if (!isKind(kind)) throw new Error(`no function is named ${name}`);
      switch (verb) {
        case 'Enumerate':
          return text(await functions.enumerate(kind, first));
        case 'Open':
          return handle(await functions.open(kind, first));
        case 'Create':
          return handle(await functions.create(kind, first, second));
        case 'Query':
          return text(await functions.query(kind, { id: first }, second));
        case 'Modify':
          return nothing(await functions.modify(kind, { id: first }, second));
        case 'Delete':
          return nothing(await functions.delete(kind, first));
        default:
          throw new Error(`no function is named ${name}`);
      }
    }
  }
}

function isKind(text: string | undefined): text is HcnKind {
  return text === 'Network' || text === 'Endpoint' || text === 'Namespace';
}
