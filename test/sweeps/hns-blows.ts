import { knownCode, surelyUndone } from '../../hns-bridge/hresults.ts';
import type { ReturnedText } from '../../hns-bridge/native-functions.ts';
import { Refusal } from '../../hns-bridge/simulator/refusal.ts';
import { type HnsCall, refusedBy, type Strike } from '../helpers/memory-hns.ts';
import type { Blow, Struck } from './judge.ts';

/** Everything that HNS may answer in place of what it should. */

type Returning = (call: HnsCall, perform: () => ReturnedText) => ReturnedText | 'never';

interface Fault extends Pick<Blow, 'isLie' | 'persists' | 'hangs'> {
  readonly title: string;
  readonly returns: Returning;
  /** Done once the command is over. */
  readonly late?: boolean;
}

const refused = (
  call: HnsCall,
  code: number,
  how: Parameters<typeof refusedBy>[0] = 'answered',
): ReturnedText => refusedBy(how, call.api, new Refusal(code, 'by order'));

/** A code that says that something is not there. */
const isLie = (code: number) =>
  ['not-found', 'part-missing', 'system-missing'].includes(knownCode(code)?.reason ?? '');

const inHex = (code: number) => `0x${code.toString(16).toUpperCase()}`;

/** A code that says that the call had no effect, or that its effect would have been another's. */
const hasNoEffect = (code: number) =>
  surelyUndone(code) || ['exists', 'address-taken'].includes(knownCode(code)?.reason ?? '');

/** The effect is there, and its answer is lost. */
const unanswered = (code: number): Fault => ({
  title: `${inHex(code)}, though it was done`,
  returns(call, perform) {
    perform();
    return refused(call, code);
  },
  isLie: isLie(code),
});

/** Refusals by a code: of one call, in V1's other way, of the answer alone, of all calls from there on. */
function refusals(code: number): Fault[] {
  const lie = { isLie: isLie(code) };
  const returns: Returning = (call) => refused(call, code);
  return [
    { title: inHex(code), returns, ...lie },
    ...(hasNoEffect(code) ? [] : [unanswered(code)]),
    {
      title: `${inHex(code)} as an HRESULT`,
      returns: (call) => refused(call, code, 'failing'),
      ...lie,
    },
    { title: `${inHex(code)} from here on`, returns, ...lie, persists: true },
  ];
}

/** What V1 and V2 are seen to say of a refusal in words. */
const texts = [
  '{"Success":false}',
  '{"Success":false,"Error":""}',
  '{"Success":false,"Error":"Element not found."}',
  '{"Success":false,"Error":"The endpoint was not found. (0x803b0002)"}',
  '{"Success":false,"Error":"hns failed with error : The object already exists. "}',
  '{"Success":false,"Error":"Unspecified error","ErrorCode":2147500037}',
  '{"Success":false,"Error":"by order","ErrorCode":"2151350314"}',
  '{"Error":"by order"}',
  '{"Success":false,"ErrorCode":0}',
  'The RPC server is unavailable.',
];
const lies = new Set(texts.filter((text) => text.includes('not found')));

/** What no HNS should answer; with how deep it nests. */
const garbage = [
  '',
  'null',
  '0',
  '"x"',
  '{}',
  '[]',
  '[{}]',
  '{"Success":true}',
  '{"Success":true,"Output":{}}',
  '{"Success":true,"Output":"x"}',
  '{"Success":true,"Output":[null,{},{"ID":7},{"ID":"x"}]}',
  '{"value":[],"Count":0}',
  '{"Success":',
  '<html>',
  '\u0000\u0000',
  '{"ID":"../../escaped","Name":{},"Policies":{},"IpConfigurations":[null],"Dns":[],"Routes":7}',
  `${'['.repeat(5000)}${']'.repeat(5000)}`,
];
const emptyLists = new Set([
  '',
  'null',
  '[]',
  '{"Success":true}',
  '{"Success":true,"Output":{}}',
  '{"Success":true,"Output":"x"}',
  '{"Success":true,"Output":[null,{},{"ID":7},{"ID":"x"}]}',
]);

const shown = (text: string) => JSON.stringify(text.slice(0, 60));

/** What is tried at each call, whatever it is. @param codes the HRESULTs */
export function faultsOf(codes: readonly number[]): readonly Fault[] {
  return [
    ...codes.flatMap(refusals),
    ...texts.flatMap((text): Fault[] => [
      {
        title: `says ${shown(text)}`,
        returns: ({ api }) =>
          api === 'v1'
            ? { hresult: 0, record: '', text }
            : { hresult: 0x80004005, record: text, text: '' },
        isLie: lies.has(text),
      },
      {
        title: `says ${shown(text)} beside success`,
        returns(_, perform) {
          const done = perform();
          return done.hresult === 0 ? { ...done, record: text } : done;
        },
        isLie: lies.has(text),
      },
    ]),
    ...garbage.map(
      (text): Fault => ({
        title: `answers ${shown(text)}`,
        returns(_, perform) {
          const done = perform();
          return done.hresult === 0 ? { hresult: 0, record: '', text } : done;
        },
        isLie: emptyLists.has(text),
      }),
    ),
    ...[false, true].flatMap((persists): Fault[] => {
      const title = persists ? 'hangs from here on' : 'hangs';
      const common = { persists, hangs: true };
      return [
        { title, returns: () => 'never', ...common },
        { title: `${title}, and does it later`, returns: () => 'never', ...common, late: true },
        {
          title: `${title}, though it was done`,
          returns(_, perform) {
            perform();
            return 'never';
          },
          ...common,
        },
      ];
    }),
  ];
}

/** A fault at the n-th call, from 0. */
export function atCall(nth: number, operation: string, fault: Fault): Blow {
  const { hangs, isLie, late, persists, returns, title } = fault;
  return {
    title: `${operation} (call ${nth + 1}) ${title}`,
    ...(isLie ? { isLie } : {}),
    ...(persists ? { persists } : {}),
    ...(hangs ? { hangs } : {}),
    strike({ passTime }): Struck {
      let count = 0;
      let met = false;
      let belated: (() => void) | undefined;
      const onHns: Strike = (call, perform) => {
        const at = count++;
        if (at < nth || (at > nth && !persists)) return perform();
        met = true;
        if (late && at === nth) belated = perform;
        const returned = returns(call, perform);
        if (returned !== 'never') return returned;
        // Once the caller waits for it.
        setImmediate(passTime);
        return new Promise(() => {});
      };
      return { watch: { onHns }, wasMet: () => met, afterwards: () => belated?.() };
    },
  };
}
