import type { Target } from '../../src-contract/adapter.ts';
import type { LatencyVariant } from '../engine/engine.ts';
import type { Experiment } from './lab-work.ts';
import { mean, spread } from './numbers.ts';
import { intervalOf, pairedRatio } from './paired-ratio.ts';

const targets: readonly Target[] = ['q', 'v'];

/** Rows with an adapter each, rows that share one, and adapters merged and removed one after the other. */
export const batchNames = ['mixed', 'single', 'swap'] as const;

/**
 * Can one batch serve many tasks? Every row with its own adapter, against one adapter for all and against
 * merge-and-swap. Source: Hu et al. 2021, §4.2, which names this as a limitation.
 */
export const oneBatch: Experiment = {
  needsDataset: false,
  uses: ['passes', 'trials', 'ranks', 'seeds'],
  takes: { seeds: 1, ranks: 1 },
  keys: ({ passes }) => passes.map(keyOf),
  async *run({ options, engine, base, done }, signal) {
    const [rank = 8] = options.ranks;
    const [seed = 0] = options.seeds;
    const variants = (['by-row', 'beside', 'swapped'] as const).map(
      (kind): LatencyVariant => ({ kind, rank, targets }),
    );
    for (const pass of options.passes) {
      const key = keyOf(pass);
      if (done.has(key)) continue;
      const rounds: (readonly number[])[] = [];
      const job = { modelFolder: base.path, ...pass, variants, trials: options.trials, seed };
      for await (const times of engine.latency(job, signal)) {
        rounds.push(times);
        yield { kind: 'at', part: key, now: key, step: rounds.length, steps: options.trials };
      }
      if (rounds.length < options.trials) return;
      const timesOf = (name: (typeof batchNames)[number]) =>
        rounds.map((round) => round[batchNames.indexOf(name)] ?? Number.NaN);
      const timings: Record<string, number> = {};
      for (const name of batchNames) {
        const times = timesOf(name);
        const quick = times.toSorted((a, b) => a - b)[Math.floor(times.length / 4)] ?? Number.NaN;
        timings[`${name} ms`] = mean(times);
        timings[`${name} spread`] = spread(times);
        // From the quickest rounds: interference from the machine only ever adds time.
        timings[`${name} tokensPerSecond`] = (pass.rows * pass.tokens * 1000) / quick;
        // How many times longer a mixed batch takes, round by round: what the verdict goes by.
        const paired = pairedRatio(timesOf('mixed'), times);
        timings[`${name} ratio`] = paired.ratio;
        Object.assign(timings, intervalOf(`${name} ratioInterval`, paired));
      }
      yield {
        kind: 'cell',
        cell: { key, values: { ...pass, rank, adapters: pass.rows, trials: rounds.length }, timings },
      };
    }
  },
};

function keyOf({ rows, tokens }: { rows: number; tokens: number }): string {
  return `${rows} × ${tokens}`;
}
