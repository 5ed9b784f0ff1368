import { isJsonObject } from '../../../cni/json-object.ts';
import { hresultOf } from '../../../hns-bridge/error.ts';
import { field, numberField } from '../../../hns-bridge/json-document.ts';
import type { NotedCall } from './recorder.ts';
import { type Finding, finding, notReached } from './step.ts';

/** What all the answers together say of HNS, whatever they were asked for. */
export function callFindings(calls: readonly NotedCall[]): readonly Finding[] {
  return [smallDocuments(calls), refusalsOfV1(calls), bareCodes(calls)];
}

/** What is deeper, or longer, is refused unread (calls.ts, library-failures.ts). */
const fewLevels = 20;
const small = 1_000_000;

function smallDocuments(calls: readonly NotedCall[]): Finding {
  const depth = Math.max(0, ...calls.map(({ answer }) => depthOf(answer)));
  const length = Math.max(0, ...calls.map(({ answer }) => JSON.stringify(answer).length));
  return finding(
    depth <= fewLevels && length <= small,
    `answers nest at most ${fewLevels} levels, and are shorter than ${small} characters`,
    `${depth} levels, ${length} characters`,
    'left-out.small-documents',
  );
}

function depthOf(value: unknown): number {
  if (Array.isArray(value)) return 1 + Math.max(0, ...value.map(depthOf));
  return isJsonObject(value) ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;
}

function refusalsOfV1(calls: readonly NotedCall[]): Finding {
  const expected = 'V1 refuses in its answer, or by HNSCall';
  const how = calls.flatMap(({ api, code, refusedBy }) =>
    api === 'v1' && code !== null ? (refusedBy ?? []) : [],
  );
  if (how.length === 0) return notReached(expected, 'V1 refused nothing', 'seen.v1-refuses');
  const came = [...new Set(how)].join(', ');
  const holds = how.every((each) => each === 'its answer' || each === 'HNSCall');
  return finding(holds, expected, came, 'seen.v1-refuses');
}

/** In the answers themselves: beside a failing HRESULT there is none that is kept. */
function bareCodes(calls: readonly NotedCall[]): Finding {
  const codes = calls.flatMap(({ answer, api, code }) => {
    const said =
      api === 'v1' && code !== null && isJsonObject(answer) && field(answer, 'Success') === false;
    return said ? (numberField(answer, 'ErrorCode', 'HResult') ?? []) : [];
  });
  const ofWin32 = codes.filter((code) => hresultOf(code) >>> 16 === 0x8007);
  const expected = "Win32's codes come bare in V1's answers";
  if (ofWin32.length === 0) return notReached(expected, 'no answer of V1 had one', 'codes.bare');
  const full = ofWin32.filter((code) => code >>> 0 > 0xffff);
  const came = [...new Set(ofWin32)].map((code) => code >>> 0).join(', ');
  return finding(full.length === 0, expected, came, 'codes.bare');
}
