import { describe, expect, it } from 'vitest';
import { once } from '../../system/once.ts';

describe('what is made once', () => {
  it('is made when it is asked for first, and is the same after', () => {
    const made: object[] = [];
    const get = once(() => {
      const one = {};
      made.push(one);
      return one;
    });
    expect(made).toEqual([]);
    expect(get()).toBe(get());
    expect(made).toHaveLength(1);
  });

  it('is not made again where it is undefined', () => {
    let times = 0;
    const get = once(() => {
      times++;
      return undefined;
    });
    expect([get(), get()]).toEqual([undefined, undefined]);
    expect(times).toBe(1);
  });

  it('is tried again where making it has failed', () => {
    let times = 0;
    const get = once(() => {
      times++;
      if (times === 1) throw new Error('not yet');
      return times;
    });
    expect(get).toThrow('not yet');
    expect(get()).toBe(2);
  });
});
