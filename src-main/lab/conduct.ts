import type { LabCell, LabEvent } from '../../src-contract/lab.ts';
import { weightOf } from './lab-costs.ts';
import type { Experiment, LabWork } from './lab-work.ts';

/**
 * Runs an experiment from its start or from where it was left, reporting progress and each finished part, which `keep`
 * stores before it is reported.
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
  const weights = new Map(keys.map((key) => [key, weightOf(key, work.options)]));
  const weightOfAll = (some: readonly string[]) => some.reduce((sum, key) => sum + (weights.get(key) ?? 0), 0);
  const whole = weightOfAll(keys);
  const before = weightOfAll(keys.filter((key) => work.done.has(key)));
  let finished = 0;
  /** The share done of each part under way. */
  const shares = new Map<string, number>();
  let at: { now: string; step: number; steps: number; together?: number } = { now: '', step: 0, steps: 0 };
  let toldMs = 0;
  for await (const telling of experiment.run(work, signal)) {
    if (signal.aborted) return;
    if (telling.kind === 'cell') {
      keep(telling.cell);
      done++;
      finished += weights.get(telling.cell.key) ?? 0;
      shares.delete(telling.cell.key);
      weights.delete(telling.cell.key);
      at = { now: '', step: 0, steps: 0 };
      // A map is large, and is stored with the cell: whoever receives the event can ask for it.
      const { map: _, ...cell } = telling.cell;
      yield { kind: 'cell', cell };
    } else {
      at = telling;
      const { part, step, steps, share = steps > 0 ? step / steps : 0 } = telling;
      shares.set(part, Math.min(1, share));
      // Events are stored: a step of a few milliseconds is not worth a row.
      if (performance.now() - toldMs < tellEveryMs) continue;
    }
    toldMs = performance.now();
    const seconds = (performance.now() - begun) / 1000;
    let over = finished;
    for (const [part, share] of shares) over += share * (weights.get(part) ?? 0);
    const secondsLeft = over > 0.05 ? Math.max(0, seconds * ((whole - before) / over - 1)) : null;
    yield {
      kind: 'progress',
      ...{ done, total, fraction: whole > 0 ? Math.min(1, (before + over) / whole) : 0 },
      ...{ now: nameOf(at.now, at.together), step: at.step, steps: at.steps },
      secondsLeft,
    };
  }
}

const tellEveryMs = 500;

/** One of those that train together, and how many others there are. */
function nameOf(now: string, together = 1): string {
  return together > 1 ? `${now} +${together - 1}` : now;
}

/** How many of the numbers, timings excluded, agree exactly in two experiments. */
export function agreement(one: readonly LabCell[], other: readonly LabCell[]): { equal: number; compared: number } {
  // A cell may occur twice, without its map and then with it.
  const known = new Map(other.map((cell) => [cell.key, cell]));
  let [equal, compared] = [0, 0];
  const count = (a: unknown, b: unknown) => {
    compared++;
    if (a === b) equal++;
  };
  for (const cell of new Map(one.map((each) => [each.key, each])).values()) {
    const twin = known.get(cell.key);
    if (twin === undefined) continue;
    // An earlier version may not have recorded it.
    for (const [name, value] of Object.entries(cell.values)) if (name in twin.values) count(value, twin.values[name]);
    cell.map?.forEach((row, i) => {
      row.forEach((value, j) => {
        count(value, twin.map?.[i]?.[j]);
      });
    });
  }
  return { equal, compared };
}

/**
 * The largest difference between two results, as a share of the larger number; maps are left out, whose summaries are
 * among the numbers.
 */
export function largestDifference(one: readonly LabCell[], other: readonly LabCell[]): number {
  const known = new Map(other.map((cell) => [cell.key, cell.values]));
  const shares = one.flatMap(({ key, values }) =>
    Object.entries(values).map(([name, value]) => {
      const twin = known.get(key)?.[name];
      if (typeof value !== 'number' || typeof twin !== 'number' || value === twin) return 0;
      return Math.abs(value - twin) / Math.max(Math.abs(value), Math.abs(twin));
    }),
  );
  return Math.max(0, ...shares);
}
