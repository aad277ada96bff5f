import type { Target } from '../../src-contract/adapter.ts';
import type { LabCell, LabOptions } from '../../src-contract/lab.ts';
import type { LatencyVariant } from '../engine/engine.ts';
import type { Experiment, LabTelling, LabWork } from './lab-work.ts';
import { mean, spread } from './numbers.ts';

const targets: readonly Target[] = ['q', 'v'];

/** The variants of the paper's table, and LoRA left beside W, under the names that cells have. */
export const variantNames = ['base', 'merged', 'unmerged', 'adapter-l', 'adapter-h'] as const;

/**
 * Does an adapter slow the answers down? Every batch × length with every width of adapter layer: the first width is the
 * table's, the others fill the map of Appendix B. Adapter-H has two layers a block and half the width, so that both kinds
 * hold about as many weights. Source: Hu et al. 2021, Table 1 and Appendix B.
 */
export const table1: Experiment = {
  needsDataset: false,
  uses: ['passes', 'bottlenecks', 'trials', 'ranks', 'seeds'],
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
    { kind: 'adapter-layers', design: 'houlsby', bottleneck: Math.max(1, Math.round(bottleneck / 2)) },
  ];
  const rounds: (readonly number[])[] = [];
  // Short passes are over soon and swing more: they get as many rounds more as they are shorter, within reason.
  const largest = Math.max(...options.passes.map((pass) => pass.rows * pass.tokens));
  const trials = options.trials * Math.max(1, Math.min(mostTimes, Math.round(largest / (rows * tokens))));
  const job = { modelFolder: base.path, rows, tokens, variants, trials, seed };
  for await (const times of engine.latency(job, signal)) {
    rounds.push(times);
    yield { kind: 'at', now: key, step: rounds.length, steps: trials };
  }
  if (rounds.length < trials) return undefined;
  return { key, values: { rows, tokens, bottleneck, rank, trials: rounds.length }, timings: timingsOf(rounds) };
}

const mostTimes = 10;
/** The rounds are cut into so many blocks; how much the blocks' ratios differ says how sure the whole is. */
const blocks = 5;
/** Student's t for four degrees of freedom, 95 %. */
const t = 2.776;

/**
 * For each variant mean and spread, mean and spread of its difference from the base in the same round, and the ratio of
 * their lower quartiles with its 95 % interval: whatever else a machine does only ever adds time, so the quick rounds are
 * those that tell the variants apart.
 */
function timingsOf(rounds: readonly (readonly number[])[]): Record<string, number> {
  const timings: Record<string, number> = {};
  for (const [place, name] of variantNames.entries()) {
    const times = rounds.map((round) => round[place] ?? Number.NaN);
    const bases = rounds.map((round) => round[0] ?? Number.NaN);
    const differences = times.map((time, i) => time - (bases[i] ?? 0));
    Object.assign(timings, {
      [`${name} ms`]: mean(times),
      [`${name} spread`]: spread(times),
      [`${name} difference`]: mean(differences),
      [`${name} differenceSpread`]: spread(differences),
      [`${name} ratio`]: quartile(times) / quartile(bases),
      [`${name} ratioInterval`]: (t * spread(blockRatios(times, bases))) / Math.sqrt(blocks),
    });
  }
  return timings;
}

function blockRatios(times: readonly number[], bases: readonly number[]): number[] {
  const size = Math.max(1, Math.floor(times.length / blocks));
  return Array.from({ length: Math.min(blocks, times.length) }, (_, i) => {
    const [from, to] = [i * size, (i + 1) * size];
    return quartile(times.slice(from, to)) / quartile(bases.slice(from, to));
  });
}

function quartile(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 4)] ?? Number.NaN;
}
