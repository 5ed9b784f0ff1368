import { openTransport } from '../../../hns-bridge/open.ts';
import type { Transport } from '../../../hns-bridge/transport.ts';
import { hostOf } from '../hns.ts';
import type { Operator } from '../operator.ts';
import type { WayName } from './setting.ts';

/** The same operator, whose plugins and calls take a way to HNS, whatever a configuration says. */
export function byWay(operator: Operator, way: WayName): Operator {
  const { machine } = operator;
  return { ...operator, machine: { ...machine, env: { ...machine.env, WINCNI_HNS: way } } };
}

/**
 * Opens the way to HNS of an operator, with a time of its own.
 * @param needs as of a plugin's command: without native functions PowerShell has COM alone
 */
export function openWay(operator: Operator, needs?: 'listings'): Promise<Transport> {
  const answer = (error: Error) => error.message;
  return openTransport(hostOf(operator), { ...operator.hns, needs, answer });
}

/** Uses a way to HNS, and lets go of it. It is opened by the first call, if there is one. */
export async function withWay<Done>(
  operator: Operator,
  way: WayName,
  use: (hns: Transport) => Promise<Done>,
): Promise<Done> {
  const own = operator.hns?.transport;
  if (own) return use(own);
  let opened: Promise<Transport> | undefined;
  const open = () => {
    opened ??= openWay(byWay(operator, way));
    return opened;
  };
  try {
    return await use({
      v1: async (...asked) => (await open()).v1(...asked),
      enumerate: async (...asked) => (await open()).enumerate(...asked),
      query: async (...asked) => (await open()).query(...asked),
      create: async (...asked) => (await open()).create(...asked),
      modify: async (...asked) => (await open()).modify(...asked),
      delete: async (...asked) => (await open()).delete(...asked),
      modifySystem: async (...asked) => (await open()).modifySystem(...asked),
      close: async () => {},
    });
  } finally {
    // That it could not be opened has been thrown by the calls.
    await opened?.then(
      (hns) => hns.close(),
      () => undefined,
    );
  }
}
