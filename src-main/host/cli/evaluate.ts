import type { Command } from 'commander';
import type { Evaluation, EvaluationInput } from '../../../src-contract/evaluation.ts';
import { evaluationInputSchema } from '../../../src-contract/evaluation.ts';
import { collect, numberIn, splitIn } from './arguments.ts';
import { CallFailure, interruption } from './failure.ts';
import type { Progress } from './progress.ts';
import type { Run } from './session.ts';
import type { StudioClient } from './studio.ts';
import { textTable } from './text-table.ts';

export function addEvaluateCommand(program: Command, run: Run): void {
  const { shape } = evaluationInputSchema;
  program
    .command('evaluate')
    .description('let the base model and adapters answer held-out rows, and measure')
    .requiredOption('--dataset <dataset>', 'name or id')
    .requiredOption('--base <model>', 'name or id of the base model')
    .option('--adapter <adapter>', 'name or id; may be given several times', collect)
    .option('--split <split>', 'train, validation or test', splitIn, 'test' as EvaluationInput['split'])
    .option('--limit <n>', 'only the first n rows', numberIn(shape.limit.unwrap()))
    .option('--max-tokens <n>', 'longest answer in tokens', numberIn(shape.maxTokens.unwrap()))
    .action((words: EvaluateWords, command: Command) =>
      run(command, async ({ open, signal, progress }) => {
        const client = await open();
        const evaluation = await evaluationEnded(
          {
            datasetId: words.dataset,
            baseModelId: words.base,
            adapterIds: words.adapter ?? [],
            split: words.split,
            limit: words.limit,
            maxTokens: words.maxTokens,
          },
          { client, signal, progress },
        );
        return { json: { ...evaluation }, text: evaluationText(evaluation) };
      }),
    );
}

interface EvaluateWords {
  readonly dataset: string;
  readonly base: string;
  readonly adapter?: string[];
  readonly split: EvaluationInput['split'];
  readonly limit?: number;
  readonly maxTokens?: number;
}

/** Starts an evaluation and follows it to its end; an abort stops it. Throws what it failed with. */
export async function evaluationEnded(
  input: EvaluationInput,
  {
    client,
    signal,
    progress,
    what = 'Evaluating',
  }: { client: StudioClient; signal: AbortSignal; progress: Progress; what?: string },
): Promise<Evaluation> {
  const { id } = await client.evaluations.start(input);
  const stop = () => void client.evaluations.stop({ id }).catch(() => {});
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    for await (const event of await client.evaluations.watch({ id })) {
      if (event.kind === 'progress')
        progress.show({ ...event, what, words: `${event.done} of ${event.total} answers` });
    }
  } finally {
    signal.removeEventListener('abort', stop);
  }
  const ended = await client.evaluations.get({ id });
  if (ended.state === 'failed' && ended.error) throw new CallFailure({ ...ended.error, exitCode: 1 });
  if (signal.aborted && ended.state !== 'finished') {
    throw interruption('The evaluation was stopped.', 'Start it again when you like; it begins anew.', {
      evaluation: ended,
    });
  }
  return ended;
}

function evaluationText({ results, mainMetric, split }: Evaluation): string {
  const names = [...new Set(results.flatMap((result) => Object.keys(result.metrics)))];
  names.sort((a, b) => Number(b === mainMetric) - Number(a === mainMetric));
  return textTable([
    [`on ${split} rows`, 'n', ...names, 'seconds'],
    ...results.map(({ adapter, n, metrics, seconds }) => [
      adapter,
      String(n),
      ...names.map((name) => metrics[name]?.toFixed(3) ?? '–'),
      seconds.toFixed(1),
    ]),
  ]);
}
