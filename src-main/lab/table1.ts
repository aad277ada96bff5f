import type { Target } from '../../src-contract/adapter.ts';
import type { LabCell, LabOptions } from '../../src-contract/lab.ts';
import type { LatencyVariant } from '../engine/engine.ts';
import type { Experiment, LabTelling, LabWork } from './lab-work.ts';
import { median, spread } from './numbers.ts';
import { intervalOf, pairedRatio, uncertainty } from './paired-ratio.ts';

const targets: readonly Target[] = ['q', 'v'];

/** The variants of the paper's table, plus unmerged LoRA, by the names that cells use. */
export const variantNames = ['base', 'merged', 'unmerged', 'adapter-l', 'adapter-h'] as const;

/**
 * Does an adapter slow answers down? Every batch × length with every width of adapter layer: the first width is the
 * table's, the others fill the map of Appendix B. Adapter-H has two layers per block, each half as wide, so that both
 * kinds hold about as many weights. Source: Hu et al. 2021, Table 1 and Appendix B.
 */
export const table1: Experiment = {
  needsDataset: false,
  uses: ['passes', 'bottlenecks', 'trials', 'ranks', 'seeds'],
  takes: { seeds: 1, ranks: 1 },
  keys: (options) => casesOf(options).map(({ key }) => key),
  async *run(work, signal) {
    for (const timed of casesOf(work.options)) {
      if (work.done.has(timed.key)) continue;
      const cell = yield* timeCase(timed, work, signal);
      if (cell === undefined) return;
      yield { kind: 'cell', cell };
    }
  },
};

interface Case {
  readonly key: string;
  readonly rows: number;
  readonly tokens: number;
  readonly bottleneck: number;
}

function casesOf({ passes, bottlenecks }: LabOptions): Case[] {
  return bottlenecks.flatMap((bottleneck) =>
    passes.map(({ rows, tokens }) => ({
      ...{ rows, tokens, bottleneck },
      key: `${rows} × ${tokens}, width ${bottleneck}`,
    })),
  );
}

/** The width of each of Adapter-H's two layers when Adapter-L's one has `bottleneck`. */
export function halfOf(bottleneck: number): number {
  return Math.max(1, Math.round(bottleneck / 2));
}

async function* timeCase(
  { key, rows, tokens, bottleneck }: Case,
  { engine, base, options }: LabWork,
  signal: AbortSignal,
): AsyncGenerator<LabTelling, LabCell | undefined> {
  const [rank = 8] = options.ranks;
  const [seed = 0] = options.seeds;
  const variants: LatencyVariant[] = [
    { kind: 'base' },
    { kind: 'merged', rank, targets },
    { kind: 'beside', rank, targets },
    { kind: 'adapter-layers', design: 'lin', bottleneck },
    { kind: 'adapter-layers', design: 'houlsby', bottleneck: halfOf(bottleneck) },
  ];
  const rounds: (readonly number[])[] = [];
  const most = options.trials * mostTimes;
  const job = { modelFolder: base.path, rows, tokens, variants, trials: most, seed };
  const begun = performance.now();
  // Aborted rather than broken out of, so that the engine's current work is over when this is.
  const enough = new AbortController();
  for await (const times of engine.latency(job, AbortSignal.any([signal, enough.signal]))) {
    if (enough.signal.aborted) continue;
    rounds.push(times);
    yield { kind: 'at', part: key, now: key, step: rounds.length, steps: most };
    if (rounds.length >= options.trials && (isSure(rounds) || performance.now() - begun > longestMs)) enough.abort();
  }
  if (signal.aborted || rounds.length < options.trials) return undefined;
  const timings = { trials: rounds.length, ...timingsOf(rounds) };
  return { key, values: { rows, tokens, bottleneck, rank }, timings };
}

/** A case is measured until the ratio of merged LoRA to the base is known to one per cent, within limits. */
const sure = 0.01;
const mostTimes = 20;
const longestMs = 90_000;

function isSure(rounds: readonly (readonly number[])[]): boolean {
  const of = (name: (typeof variantNames)[number]) => rounds.map((round) => round[variantNames.indexOf(name)] ?? 0);
  return uncertainty(pairedRatio(of('merged'), of('base'))) <= sure;
}

/**
 * For each variant: median and spread of its time, median and spread of its difference from the base in the same round,
 * and the median of its ratio to the base in the same round with the 95 % interval.
 */
function timingsOf(rounds: readonly (readonly number[])[]): Record<string, number> {
  const timings: Record<string, number> = {};
  for (const [place, name] of variantNames.entries()) {
    const times = rounds.map((round) => round[place] ?? Number.NaN);
    const bases = rounds.map((round) => round[0] ?? Number.NaN);
    const differences = times.map((time, i) => time - (bases[i] ?? 0));
    const paired = pairedRatio(times, bases);
    Object.assign(timings, {
      [`${name} ms`]: median(times),
      [`${name} spread`]: spread(times),
      [`${name} difference`]: median(differences),
      [`${name} differenceSpread`]: spread(differences),
      [`${name} ratio`]: paired.ratio,
      ...intervalOf(`${name} ratioInterval`, paired),
    });
  }
  return timings;
}
