import { cpus, totalmem } from 'node:os';
import { median } from '../../src-main/lab/numbers.ts';

/** One thing that a bench measured, beside a peer where there was one. */
export interface BenchCase {
  readonly case: string;
  /** What `ours` and `peer` are told in. */
  readonly unit: string;
  /** The median of the rounds. */
  readonly ours: number;
  readonly peer: number | null;
  /** Ours ÷ peer: the median of the rounds, the least and the largest. Without a peer `low` and `high` are those of ours. */
  readonly ratio: number | null;
  readonly low: number;
  readonly high: number;
  /** Rounds. */
  readonly n: number;
}

/** What was measured in turn, round by round; `peer` is empty where it could not be run. */
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

/** Prints what a bench measured: one JSON object, or a table. `more` is only for the first. */
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

/** Four digits say more than any of these measurements. */
function digits(value: number): number {
  return Number(value.toPrecision(4));
}
