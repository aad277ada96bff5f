import { setImmediate } from 'node:timers/promises';
import type { LoraWeights } from '../adapters/lora.ts';
import type { Architecture } from '../architectures/architecture.ts';
import type { AnalyseJob, AnalysisEvent } from '../engine.ts';
import type { Tensor } from '../tensor.ts';
import { amplification } from './amplification.ts';
import { lowRankSvd } from './low-rank-svd.ts';
import { type Matrix, matrix } from './matrix.ts';
import { gaussian, overlap, subspaceSimilarity } from './similarity.ts';

/** Identifies this file's streams of random numbers. */
const streamId = 0x1ab7;

/**
 * Analyses what adapters have learnt, one adapted matrix at a time, layer by layer; an abort takes effect between two.
 * For a comparison, only the matrices that both adapters adapt are used.
 */
export async function* analyseAdapters(
  job: AnalyseJob,
  { architecture, weights, adapters }: Parts,
  signal: AbortSignal,
): AsyncGenerator<AnalysisEvent> {
  const [first, second] = adapters;
  const targets = first.targets.filter((target) => second === undefined || second.targets.includes(target));
  const wanted = targets.filter((target) => job.targets === null || job.targets.includes(target));
  const layers = Array.from({ length: architecture.layers }, (_, layer) => layer).filter(
    (layer) => job.layers === null || job.layers.includes(layer),
  );
  yield { kind: 'started', total: wanted.length * layers.length };
  for (const layer of layers) {
    for (const [place, target] of wanted.entries()) {
      // Yield to the event loop between matrices: an abort, a chat.
      await setImmediate();
      if (signal.aborted) return;
      const module = architecture.moduleOf(target, layer);
      const stream = [job.seed, streamId, layer, place];
      if (job.kind === 'amplification') {
        const weight = float64(weights?.get(`${module}.weight`));
        const lora = { a: loraA(first, module), b: loraB(first, module), scale: first.scale };
        yield { kind: 'amplification', target, layer, ...amplification(weight, lora, stream) };
      } else {
        const other = second ?? first;
        const [a1, a2] = [loraA(first, module), loraA(other, module)];
        yield {
          ...{ kind: 'similarity', target, layer, width: a1.columns },
          similarity: subspaceSimilarity(a1, a2),
          effect: overlap(lowRankSvd(loraB(first, module), a1).right, lowRankSvd(loraB(other, module), a2).right),
          random: subspaceSimilarity(
            gaussian(a1.rows, a1.columns, ...stream, 0),
            gaussian(a2.rows, a2.columns, ...stream, 1),
          ),
        };
      }
    }
  }
}

interface Parts {
  readonly architecture: Architecture;
  /** The base's weights; comparing two adapters needs none. */
  readonly weights?: ReadonlyMap<string, Tensor>;
  /** The adapter to analyse and, for a comparison, the other one. */
  readonly adapters: readonly [LoraWeights, LoraWeights?];
}

function loraA({ tensors }: LoraWeights, module: string): Matrix {
  return float64(tensors.get(`${module}.lora_A`));
}

function loraB({ tensors }: LoraWeights, module: string): Matrix {
  return float64(tensors.get(`${module}.lora_B`));
}

function float64(tensor: Tensor | undefined): Matrix {
  const [rows, columns] = tensor?.dims ?? [];
  if (tensor?.type !== 'float32' || rows === undefined || columns === undefined) throw new Error('no float32 matrix');
  return matrix(rows, columns, tensor.data);
}
