import { cpus, totalmem } from 'node:os';
import { median } from '../../src-main/lab/numbers.ts';

/** One measurement of a bench, compared with a peer if there was one. */
export interface BenchCase {
  readonly case: string;
  /** The unit of `ours` and `peer`. */
  readonly unit: string;
  /** The median of the rounds. */
  readonly ours: number;
  readonly peer: number | null;
  /** Ours ÷ peer: median, minimum and maximum over the rounds. Without a peer, `low` and `high` are those of ours. */
  readonly ratio: number | null;
  readonly low: number;
  readonly high: number;
  /** Rounds. */
  readonly n: number;
}

/** Summarises alternating measurements, round by round; `peer` is empty if it could not run. */
export function benchCase(
  name: string,
  unit: string,
  { ours, peer = [] }: { ours: readonly number[]; peer?: readonly number[] | undefined },
): BenchCase {
  const hasPeer = peer.length > 0;
  const ratios = hasPeer ? ours.map((own, round) => own / (peer[round] ?? Number.NaN)).filter(Number.isFinite) : ours;
  return {
    ...{ case: name, unit, ours: digits(median(ours)) },
    ...{ peer: hasPeer ? digits(median(peer)) : null, ratio: hasPeer ? digits(median(ratios)) : null },
    ...{ low: digits(Math.min(...ratios)), high: digits(Math.max(...ratios)), n: ratios.length },
  };
}

/** Prints the results of a bench: as one JSON object, or a table. `more` is only for the former. */
export function printBench(
  name: string,
  cases: readonly BenchCase[],
  { json, ...more }: { readonly json: boolean; readonly [more: string]: unknown },
): void {
  const machine = `${cpus()[0]?.model.trim() ?? 'unknown'}, ${cpus().length} threads, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  if (json) console.log(JSON.stringify({ name, cases, machine, ...more }));
  else {
    console.table(cases);
    console.log(machine);
  }
}

/** Four digits are more than any of these measurements is good for. */
function digits(value: number): number {
  return Number(value.toPrecision(4));
}
