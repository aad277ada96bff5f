import { setImmediate } from 'node:timers/promises';
import { adaptationKey, adaptationOf, adapterFeeds, type LiveAdapter } from '../adapters/adaptation.ts';
import type { LoadedModel } from '../model/loaded-model.ts';
import { logProbabilities, scoreGraph } from '../model/model-graph.ts';
import type { Tensor } from '../tensor.ts';
import { checkTokenIds } from '../token-ids.ts';
import type { BatchRow } from './batch-row.ts';
import { cutMicroBatches } from './micro-batches.ts';
import { packingFor } from './packing.ts';

/**
 * Natural log-probability of every target token of every row, in order; the first token of a text has none, as nothing
 * precedes it. Throws CONTEXT_TOO_LONG, MODEL_FILE_INVALID.
 */
export async function scoreRows(
  model: LoadedModel,
  adapter: LiveAdapter | null,
  rows: readonly BatchRow[],
  signal: AbortSignal,
): Promise<number[][]> {
  for (const { ids } of rows) checkTokenIds(ids, model.architecture);
  const { executable, feeds } = await adaptedExecutable(model, 'score', adapter, scoreGraph);
  const scores: number[][] = rows.map(() => []);
  for (const batch of cutMicroBatches(rows, packingFor(model.architecture))) {
    // Yield to the event loop between runs: an abort, a chat.
    await setImmediate();
    signal.throwIfAborted();
    if (batch.targetTokens === 0) continue;
    const result = await executable.run(new Map([...feeds, ...batch.feeds()]));
    const logProbs = (result[logProbabilities] as Tensor<'float32'>).data;
    for (const [i, row] of batch.targetRows.entries()) (scores[row] as number[]).push(logProbs[i] as number);
  }
  return scores;
}

/** The executable of a graph with or without an adapter, and its constant feeds: weights, A, B, scale. */
export async function adaptedExecutable(
  model: LoadedModel,
  purpose: string,
  adapter: LiveAdapter | null,
  graph: typeof scoreGraph,
) {
  const adaptation = adapter && adaptationOf(adapter);
  const executable = await model.executable(`${purpose}:${adaptationKey(adaptation)}`, () =>
    graph(model.architecture, adaptation, { precision: model.precision }),
  );
  const feeds = new Map<string, Tensor>([...(await model.feeds()), ...(adapter ? adapterFeeds(adapter) : [])]);
  return { executable, feeds };
}
