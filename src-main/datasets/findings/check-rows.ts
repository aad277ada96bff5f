import type { Finding, FindingCode, FindingReport } from '../../../src-contract/finding.ts';
import { TimeSlices } from '../time-slices.ts';
import { type CheckedRow, type Detector, type DetectorFacts, type FlaggedRow, findingFacts } from './detector.ts';
import { SplitGroups } from './groups.ts';
import { judgeHtml } from './html-remains.ts';
import { JsonTargets } from './json-targets.ts';
import { Languages } from './languages.ts';
import { judgeLetters } from './misread-letters.ts';
import { NearRows } from './near-rows.ts';
import { NumberTargets } from './number-targets.ts';
import { Placeholders } from './placeholders.ts';
import { PrivateData } from './private-data.ts';
import { Remains } from './remains.ts';
import { SameRows } from './same-rows.ts';
import { TableDoubts } from './table-doubts.ts';
import { TargetLabels } from './target-labels.ts';
import { LengthOutliers, SingleRows } from './texts.ts';

/** The result of a check of all rows. */
export interface CheckedRows {
  readonly flagged: readonly FlaggedRow[];
  readonly limits: FindingReport['limits'];
  readonly doubts: FindingReport['doubts'];
}

/**
 * Checks all rows for anything that would hurt training or falsify its evaluation. Works in slices that yield to the
 * thread's other work, and reports progress now and then.
 */
export async function* checkRows(
  rows: Iterable<CheckedRow>,
  facts: DetectorFacts & { readonly read: (number: number) => CheckedRow | undefined },
  signal: AbortSignal,
): AsyncGenerator<{ done: number }, CheckedRows> {
  const detectors: readonly Detector[] = [
    new SingleRows(facts),
    new SameRows(),
    new SplitGroups(),
    new NearRows(facts.rows),
    new LengthOutliers(),
    new TargetLabels(),
    new Placeholders(),
    new Languages(),
    new PrivateData(),
    new Remains('LETTERS_MISREAD', judgeLetters),
    new JsonTargets(),
    new NumberTargets(),
    // In queries and schemas, brackets and ampersands are what they are.
    ...(facts.task === 'nl2sql' ? [] : [new Remains('HTML_REMAINS', judgeHtml)]),
  ];
  const whole = new TableDoubts(facts.task);
  const flagged: FlaggedRow[] = [];
  let done = 0;
  const slices = new TimeSlices(signal);
  for (const row of rows) {
    for (const detector of detectors) flagged.push(...detector.take(row));
    whole.take(row);
    done++;
    if (!slices.isOver) continue;
    await slices.rest();
    yield { done };
  }
  for (const detector of detectors) {
    for (const found of detector.finish(facts.read)) {
      flagged.push(found);
      if (!slices.isOver) continue;
      await slices.rest();
      yield { done };
    }
  }
  const limits = detectors.flatMap((detector) => {
    const limit = detector.limit?.();
    return limit ? [{ ...limit, total: facts.rows }] : [];
  });
  return { flagged, limits, doubts: whole.doubts() };
}

/** The findings of a report, most serious first, then most frequent. */
export function findingsOf(flagged: readonly FlaggedRow[]): Finding[] {
  const rows = new Map<FindingCode, Set<number>>();
  for (const { code, number } of flagged) {
    const known = rows.get(code);
    if (known) known.add(number);
    else rows.set(code, new Set([number]));
  }
  const order = ['bad', 'warn', 'note'];
  return [...rows]
    .map(([code, numbers]) => ({ code, rows: numbers.size, ...findingFacts[code] }))
    .sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity) || b.rows - a.rows);
}
