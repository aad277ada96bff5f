import { join } from 'node:path';
import { implement } from '@orpc/server';
import type { CallerContext } from '../../src-contract/caller.ts';
import { contract } from '../../src-contract/contract.ts';
import type { Example } from '../../src-contract/dataset.ts';
import { StudioError } from '../../src-contract/errors.ts';
import type { EvaluationEvent, EvaluationInput } from '../../src-contract/evaluation.ts';
import type { AdapterStore } from '../adapters/adapter-store.ts';
import type { BaseModelStore } from '../base-models/base-model-store.ts';
import type { ModelTexts } from '../base-models/model-text.ts';
import { attachedFile, type SqlRunner } from '../datasets/attached-database.ts';
import type { DatasetStore } from '../datasets/dataset-store.ts';
import type { Engine } from '../engine/engine.ts';
import type { Supervisor } from '../jobs/supervisor.ts';
import { judgeOf, type RunQuery } from '../tasks/judge.ts';
import { answerLanguageOf } from '../tasks/metrics/answer-language.ts';
import { evaluate } from './evaluate.ts';
import type { EvaluationStore } from './evaluation-store.ts';

export function evaluationProcedures(studio: {
  store: EvaluationStore;
  supervisor: Supervisor<EvaluationEvent>;
  datasets: DatasetStore;
  baseModels: BaseModelStore;
  adapters: AdapterStore;
  modelTexts: ModelTexts;
  engine: Engine;
  sql: SqlRunner;
  datasetsFolder: string;
}) {
  const { store, supervisor, datasets, baseModels, adapters, modelTexts, engine, sql, datasetsFolder } = studio;
  const os = implement(contract.evaluations).$context<CallerContext>();

  const start = async (input: EvaluationInput) => {
    const dataset = datasets.get(input.datasetId);
    const base = baseModels.get(input.baseModelId);
    const chosen = input.adapterIds.map((id) => adapters.get(id));
    const foreign = chosen.find((adapter) => adapter.baseSha256 !== base.sha256);
    if (foreign !== undefined) {
      const expected = foreign.baseSha256.slice(0, 8);
      throw new StudioError('ADAPTER_WRONG_BASE', { adapter: foreign.name, expected, found: base.name });
    }
    if (dataset.splits[input.split] === 0) {
      throw new StudioError('OPTION_INVALID', {
        option: 'split',
        reason: `“${dataset.name}” has no ${input.split} rows`,
      });
    }
    const text = await modelTexts.of(base);
    const runQuery: RunQuery = (database, query, signal) =>
      sql.query(attachedFile(join(datasetsFolder, dataset.id), database), query, undefined, signal);
    const sample = first(datasets.examples(dataset.id, input.split), 50).flatMap(({ context, target }) => [
      context,
      target,
    ]);
    const language = answerLanguageOf(sample);
    const judge = judgeOf(dataset.task, {
      language,
      runQuery: dataset.hasDatabase ? asynchronous(runQuery) : undefined,
    });
    const settled = { ...input, datasetId: dataset.id, baseModelId: base.id, adapterIds: chosen.map(({ id }) => id) };
    const evaluation = store.insert(settled, judge.mainMetric, Date.now());
    supervisor.start(evaluation.id, {
      run: (signal) => {
        const rows = first(datasets.examples(dataset.id, input.split, dataset.version), input.limit);
        const job = { base, adapters: chosen, rows, maxTokens: input.maxTokens };
        return evaluate(
          job,
          { engine, text, judge, keep: (...kept) => store.addResult(evaluation.id, ...kept) },
          signal,
        );
      },
      finished: () => ({ kind: 'finished', evaluation: store.get(evaluation.id) }),
    });
    return evaluation;
  };

  return os.router({
    start: os.start.handler(({ input }) => start(input)),
    stop: os.stop.handler(({ input }) => supervisor.stop(store.get(input.id).id)),
    watch: os.watch.handler(async function* ({ input, signal }) {
      const { id } = store.get(input.id);
      let isTold = false;
      for await (const { event } of supervisor.watch(id, { signal })) {
        isTold = event.kind === 'finished';
        yield event;
      }
      // An evaluation whose process was killed never told its end.
      if (!isTold && !signal?.aborted) yield { kind: 'finished' as const, evaluation: store.get(id) };
    }),
    list: os.list.handler(() => store.list()),
    get: os.get.handler(({ input }) => store.get(input.id)),
    rows: os.rows.handler(({ input }) => {
      const { id } = store.get(input.id);
      return { total: store.countRows(id), rows: store.rows({ ...input, id }) };
    }),
  });
}

/** A database that isn't there is a refusal like any other. */
function asynchronous(runQuery: RunQuery): RunQuery {
  return async (...query) => runQuery(...query);
}

function first(rows: Iterable<Example>, limit: number | undefined): Example[] {
  const taken: Example[] = [];
  for (const row of rows) {
    if (limit !== undefined && taken.length >= limit) break;
    taken.push(row);
  }
  return taken;
}
