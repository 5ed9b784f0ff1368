import { type ClaimId, claimIds, claims } from './claims.ts';
import type { StepRecord, Verdict } from './document.ts';

/** A verdict on each line of HNS.md that a step can decide: one finding against it refutes it. */
export function verdictsOn(steps: readonly StepRecord[]): readonly Verdict[] {
  return claimIds.map((id) => verdictOn(id, steps));
}

function verdictOn(id: ClaimId, steps: readonly StepRecord[]): Verdict {
  const found = steps.flatMap((step) =>
    step.findings
      .filter((finding) => finding.claims.includes(id))
      .map((finding) => ({ ...finding, step: step.id })),
  );
  const of = (result: StepRecord['findings'][number]['result']) =>
    found.filter((finding) => finding.result === result);
  const [against] = of('otherwise');
  const said = { id, claim: claims[id] };
  if (against) {
    const { came, expected, step } = against;
    return { ...said, verdict: 'refuted', evidence: `${step}: ${expected}; came: ${came}` };
  }
  const confirmed = of('as expected');
  if (confirmed.length > 0) {
    const came = [...new Set(confirmed.map((finding) => finding.came))].slice(0, 3).join('; ');
    const where = [...new Set(confirmed.map(({ step }) => step))].join(', ');
    return { ...said, verdict: 'confirmed', evidence: `${came} (${where})` };
  }
  const [unreached] = of('not reached');
  const evidence = unreached?.came ?? 'no step came to it';
  return { ...said, verdict: 'not reached', evidence };
}

/** What was not as it was expected, in words. */
export function disappointments(steps: readonly StepRecord[]): readonly string[] {
  return steps.flatMap(({ findings, id }) =>
    findings.flatMap(({ came, expected, result }) =>
      result === 'otherwise' ? [`${id}: expected ${expected}; came: ${came}`] : [],
    ),
  );
}
