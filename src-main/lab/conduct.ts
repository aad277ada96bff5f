import type { LabCell, LabEvent } from '../../src-contract/lab.ts';
import type { Experiment, LabWork } from './lab-work.ts';

/**
 * Does an experiment from its start or from where it was left, telling how far it is and each finished part, which `keep`
 * stores before anybody hears of it.
 */
export async function* conduct(
  experiment: Experiment,
  { work, keys, keep }: { work: LabWork; keys: readonly string[]; keep: (cell: LabCell) => void },
  signal: AbortSignal,
): AsyncGenerator<LabEvent> {
  const begun = performance.now();
  const total = keys.length;
  let done = work.done.size;
  if (done === 0) yield { kind: 'started', total };
  const left = keys.filter((key) => !work.done.has(key)).reduce((sum, key) => sum + weightOf(key), 0);
  let finished = 0;
  let at: { now: string; step: number; steps: number; together?: number } = { now: '', step: 0, steps: 0 };
  let toldMs = 0;
  for await (const telling of experiment.run(work, signal)) {
    if (signal.aborted) return;
    if (telling.kind === 'cell') {
      keep(telling.cell);
      done++;
      finished += weightOf(telling.cell.key);
      at = { now: '', step: 0, steps: 0 };
      // A map is large, and is stored with the cell: who hears of it can ask for it.
      const { map: _, ...cell } = telling.cell;
      yield { kind: 'cell', cell };
    } else {
      at = telling;
      // Events are stored: a step of a few milliseconds is not worth a row.
      if (performance.now() - toldMs < tellEveryMs) continue;
    }
    toldMs = performance.now();
    const share = at.steps > 0 ? Math.min(1, at.step / at.steps) : 0;
    const seconds = (performance.now() - begun) / 1000;
    const { together = 1 } = at;
    const over = finished + share * weightOf(at.now) * together;
    const secondsLeft = over > 0.05 ? Math.max(0, seconds * (left / over - 1)) : null;
    yield {
      kind: 'progress',
      done,
      total,
      ...{ now: nameOf(at.now, together), step: at.step, steps: at.steps },
      secondsLeft,
    };
  }
}

const tellEveryMs = 500;

/** One of those that move on together, and how many others there are. */
function nameOf(now: string, together: number): string {
  return together > 1 ? `${now} +${together - 1}` : now;
}

/** A matrix is looked at in a moment, an adapter is trained in minutes. */
function weightOf(key: string): number {
  return / layer \d+/.test(key) ? 0.01 : 1;
}

/** In how many of the numbers that are no timings two experiments agree exactly. */
export function agreement(one: readonly LabCell[], other: readonly LabCell[]): { equal: number; compared: number } {
  // A cell may come twice, without its map and with it; the one with it comes last.
  const known = new Map(other.map((cell) => [cell.key, cell]));
  let [equal, compared] = [0, 0];
  const count = (a: unknown, b: unknown) => {
    compared++;
    if (a === b) equal++;
  };
  for (const cell of new Map(one.map((each) => [each.key, each])).values()) {
    const twin = known.get(cell.key);
    if (twin === undefined) continue;
    for (const [name, value] of Object.entries(cell.values)) count(value, twin.values[name]);
    cell.map?.forEach((row, i) => {
      row.forEach((value, j) => {
        count(value, twin.map?.[i]?.[j]);
      });
    });
  }
  return { equal, compared };
}
