import type { ReturnedText } from '../../hns-bridge/native-functions.ts';
import type { Watch } from '../helpers/memory-node.ts';
import type { Blow, Struck } from './judge.ts';

/** Ends a command: nothing that it still tries has an effect. */
class Killed extends Error {}

/** A command that is killed before the n-th thing it does to a file or asks of HNS, from 0. */
export function killBefore(nth: number, effect: string): Blow {
  return {
    title: `killed before ${effect} (${nth + 1})`,
    kills: true,
    strike: () => killing(nth),
  };
}

export function killing(nth: number): Struck {
  let count = 0;
  let met = false;
  const next = () => {
    if (count++ < nth) return;
    met = true;
    throw new Killed('killed');
  };
  const watch: Watch = {
    onFile: next,
    onHns(_, perform): ReturnedText {
      next();
      return perform();
    },
  };
  return { watch, wasMet: () => met };
}
