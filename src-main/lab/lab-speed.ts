import type { BaseModel } from '../../src-contract/base-model.ts';
import type { Dataset } from '../../src-contract/dataset.ts';
import type { LabKind, LabOptions } from '../../src-contract/lab.ts';
import { keptPromise } from '../async/kept-promise.ts';
import type { ModelTexts } from '../base-models/model-texts.ts';
import type { DatasetStore } from '../datasets/dataset-store.ts';
import type { Engine } from '../engine/engine.ts';
import { answeringCost, trainingCost } from './lab-costs.ts';

/** Rows whose length is measured. */
const lengthRows = 12;
/** Tokens of the probe: enough that it is more than start-up cost. */
const probeTokens = 96;
/** The quickest counts: interference from the machine only ever adds time. */
const probeTrials = 3;
const longestMs = 60_000;
/** Training all weights also computes the gradient of every weight. */
const fullFactor = 1.5;

interface SpeedParts {
  readonly engine: Pick<Engine, 'score'>;
  readonly datasets: DatasetStore;
  readonly modelTexts: ModelTexts;
  /** Whether the studio trains, measures or experiments. */
  readonly isBusy: () => boolean;
}

export interface Speed {
  /** An estimate from one short forward pass, good to a factor of two. */
  secondsFor(kind: LabKind, options: LabOptions, keys: readonly string[]): number;
}

/**
 * How fast this machine runs a base model, from one short, warmed-up forward pass. Kept while the studio is running,
 * unless something else was running beside it.
 */
export class LabSpeed {
  readonly #parts: SpeedParts;
  readonly #probes = new Map<string, Promise<number>>();

  constructor(parts: SpeedParts) {
    this.#parts = parts;
  }

  /** Null if the probe fails: then nothing is known. */
  async of(base: BaseModel, dataset: Dataset | null): Promise<Speed | null> {
    const probe = keptPromise(this.#probes, base.sha256, () => this.#probe(base));
    const tokensPerSecond = await probe.catch(() => undefined);
    if (tokensPerSecond === undefined) return null;
    const rowTokens = dataset === null ? 64 : await this.#rowTokens(base, dataset);
    return { secondsFor: (kind, options, keys) => secondsFor({ kind, options, keys, rowTokens, tokensPerSecond }) };
  }

  async #probe(base: BaseModel): Promise<number> {
    const wasBusy = this.#parts.isBusy();
    const ids = Array.from({ length: probeTokens }, (_, i) => i % 97);
    const job = { modelFolder: base.path, adapter: null, examples: [{ ids, targetStart: 1 }] };
    const signal = AbortSignal.timeout(longestMs);
    const started = performance.now();
    await this.#parts.engine.score(job, signal);
    let quickest = Number.POSITIVE_INFINITY;
    for (let trial = 0; trial < probeTrials; trial++) {
      if (trial > 0 && performance.now() - started > longestMs / 3) break;
      const begun = performance.now();
      await this.#parts.engine.score(job, signal);
      quickest = Math.min(quickest, (performance.now() - begun) / 1000);
    }
    if (wasBusy || this.#parts.isBusy()) this.#probes.delete(base.sha256);
    return probeTokens / quickest;
  }

  async #rowTokens(base: BaseModel, dataset: Dataset): Promise<number> {
    const text = await this.#parts.modelTexts.of(base, dataset.task);
    let tokens = 0;
    let rows = 0;
    for (const { context, target } of this.#parts.datasets.examples(dataset.id)) {
      tokens += (await text.exampleIds(context, target, base.contextLength))?.ids.length ?? 0;
      if (++rows === lengthRows) break;
    }
    return rows === 0 ? 64 : tokens / rows;
  }
}

function secondsFor(about: {
  kind: LabKind;
  options: LabOptions;
  keys: readonly string[];
  rowTokens: number;
  tokensPerSecond: number;
}): number {
  const { kind, options, keys, tokensPerSecond } = about;
  const rowTokens = Math.min(about.rowTokens, options.maxLength);
  const pass = (rows: number) => (rows * rowTokens) / tokensPerSecond;
  const training = pass(trainingCost(options));
  const answers = pass(answeringCost(options));
  /** A round runs every variant twice. */
  const latency = (variants: number) =>
    options.passes.reduce(
      (sum, { rows, tokens }) => sum + (2 * variants * options.trials * rows * tokens) / tokensPerSecond,
      0,
    );
  switch (kind) {
    case 'table5':
    case 'table6':
    case 'ranktofull': {
      const full = keys.filter((key) => key.startsWith('full')).length;
      return (keys.length - full + fullFactor * full) * (training + answers);
    }
    case 'fig3':
    case 'fig4':
    case 'table7': {
      // None if an adapter of the studio is examined.
      const trained = keys.filter((key) => key.startsWith('trained')).length;
      return trained * training + keys.length * 0.1;
    }
    case 'benefits':
      return (1 + fullFactor) * training + options.trials * 0.1;
    case 'table1':
      return options.bottlenecks.length * latency(5);
    case 'onebatch':
      return latency(3);
    default:
      return kind satisfies never;
  }
}
