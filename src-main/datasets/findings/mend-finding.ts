import type { ChangedDataset } from '../../../src-contract/dataset.ts';
import type { FindingCode } from '../../../src-contract/finding.ts';
import { separatorIn } from '../../tasks/label-lists.ts';
import { firstTargets } from '../../tasks/usual-measure.ts';
import type { DatasetStore } from '../dataset-store.ts';
import type { DatasetChanges } from '../versions/change-dataset.ts';
import { findingFacts } from './detector.ts';
import type { FindingStore } from './finding-store.ts';
import { judgeHtml } from './html-remains.ts';
import { mendedJson } from './json-targets.ts';
import { judgeLetters } from './misread-letters.ts';
import { plainNumber } from './number-targets.ts';
import { maskPrivate } from './private-data.ts';
import { type Pair, withoutRemains } from './remains.ts';
import { targetSpelledLike } from './target-labels.ts';

/**
 * Applies a finding's remedy to its rows, as one change that can be undone. Rows that have changed since the check are
 * left alone.
 */
export function mendFinding(
  parts: { store: DatasetStore; changes: DatasetChanges; findings: FindingStore },
  about: { id: string; code: FindingCode; positions?: readonly number[] | undefined },
  signal?: AbortSignal,
): Promise<ChangedDataset> {
  const { store, changes, findings } = parts;
  const { id, code } = about;
  const { remedy } = findingFacts[code];
  const wanted = about.positions && new Set(about.positions);
  const rows = store.rows(id);
  return changes.apply(
    { id, kind: 'remedy', detail: { finding: code } },
    function* (change) {
      const before = rows.rowsOf(change.headVersion);
      const separator = separatorIn(firstTargets(rows.examples(change.headVersion)));
      for (let offset = 0; ; offset += slice) {
        const flagged = findings.rows(code, offset, slice);
        for (const { number, position, detail, other } of flagged) {
          if ((wanted && !wanted.has(position)) || before.at(position) !== number) continue;
          if (remedy === 'delete') change.remove(position);
          else if (remedy === 'mask' || remedy === 'clean') {
            const [row] = rows.byNumbers(change.headVersion, [number]);
            if (row) change.edit(position, rewritten(code, row));
          } else {
            const [like] = other === null ? [] : rows.examplesAt(change.headVersion, [other]);
            if (like && remedy === 'move') change.move(position, like.split);
            const [row] = like && remedy === 'unify' ? rows.byNumbers(change.headVersion, [number]) : [];
            if (like && row) {
              const target = targetSpelledLike(row.target, like.target, { detail, separator });
              change.edit(position, { target });
            }
          }
          yield;
        }
        if (flagged.length < slice) return;
      }
    },
    signal,
  );
}

function rewritten(code: FindingCode, { context, target }: Pair): Pair {
  if (code === 'HTML_REMAINS') return withoutRemains({ context, target }, judgeHtml);
  if (code === 'LETTERS_MISREAD') return withoutRemains({ context, target }, judgeLetters);
  if (code === 'JSON_MENDABLE') return { context, target: mendedJson(target) ?? target };
  if (code === 'NUMBER_MENDABLE') return { context, target: plainNumber(target) ?? target };
  return { context: maskPrivate(code, context), target: maskPrivate(code, target) };
}

const slice = 500;
