import type { Command } from 'commander';
import { adviceText } from '../../../src-contract/advice-words.ts';
import type { Evaluation, EvaluationInput } from '../../../src-contract/evaluation.ts';
import { evaluationInputSchema } from '../../../src-contract/evaluation.ts';
import { withLabelMeasures } from '../../../src-contract/label-results.ts';
import { answerLanguageSchema } from '../../../src-contract/language.ts';
import { measureName } from '../../../src-contract/measure-names.ts';
import { signedPoints } from '../../../src-contract/signed-points.ts';
import { type TextMeasure, textMeasureSchema } from '../../../src-contract/text-measure.ts';
import { type Outcome, outcomeOf, verdictOf } from '../../../src-contract/verdict.ts';
import { seenText } from '../../../src-contract/verdict-words.ts';
import { unwritable } from '../../files/unwritable.ts';
import { writeWhole } from '../../files/write-whole.ts';
import { collectIn, fromHere, numberIn, splitIn, wordIn } from './arguments.ts';
import { counted } from './counted.ts';
import { listedEvaluations } from './evaluations.ts';
import { interruption, requireUnbroken, usageFailure } from './failure.ts';
import { fieldsText } from './fields-text.ts';
import { followed } from './followed-work.ts';
import { formText } from './form-text.ts';
import { tellIgnored } from './ignored-options.ts';
import { labelsJson, labelsText } from './labels-text.ts';
import type { Progress } from './progress.ts';
import type { Run } from './session.ts';
import type { StudioClient } from './studio.ts';
import { sureTexts } from './sure-text.ts';
import { textTable } from './text-table.ts';
import { requireWritable } from './writable.ts';

export function addEvaluateCommand(program: Command, run: Run): void {
  const { shape } = evaluationInputSchema;
  program
    .command('evaluate')
    .description('let the base model and adapters answer held-out rows, and score the answers')
    .option('--dataset <dataset>', 'name or id')
    .option('--base <model>', 'name or id of the base model')
    .option('--adapter <adapter>', 'name or id; can be given several times', collectIn(shape.adapterIds))
    .option('--split <split>', 'train, validation or test', splitIn, 'test' as EvaluationInput['split'])
    .option('--limit <n>', 'maximum rows: only the first n of the split (default: all)', numberIn(shape.limit.unwrap()))
    .option('--max-tokens <n>', 'longest answer in tokens', numberIn(shape.maxTokens.unwrap()))
    .option(
      '--language <code>',
      `language whose rules are used to compare answers: ${answerLanguageSchema.options.join(', ')} (default: detected from the rows)`,
      wordIn(answerLanguageSchema),
    )
    .option(
      '--measure <name>',
      `how answers of the tasks “custom” and “mrc” are compared: ${textMeasureSchema.options.join(', ')} (default: by what the targets are)`,
      wordIn(textMeasureSchema),
    )
    .option(
      '--retry-queries',
      'replace queries that cannot be run on the dataset’s database by others that can; takes longer',
    )
    .option('--free-answers', 'let answers have any form, also where all targets are labels, numbers or JSON')
    .option('--resume <evaluation>', 'resume a stopped or interrupted evaluation')
    .option('--list', 'show the evaluations and those that can be resumed')
    .option('--csv <file>', 'write all answers and scores to this file')
    .option('--report <file>', 'write a page with the verdict, charts and rows to this file')
    .option('--korean', 'write the report in Korean')
    .action((words: EvaluateWords, command: Command) =>
      run(command, async ({ open, signal, progress }) => {
        const { dataset, base, resume } = words;
        if (words.list) {
          tellIgnored(command, { heeded: ['list'], because: '--list only lists', progress });
          return listedEvaluations(await open());
        }
        if (words.report === undefined)
          tellIgnored(command, { ignored: ['korean'], because: 'it is for --report', progress });
        if (resume === undefined && (dataset === undefined || base === undefined))
          throw usageFailure('An evaluation needs --dataset and --base, or --resume with an evaluation.');
        for (const file of [words.csv, words.report]) if (file !== undefined) await requireWritable(fromHere(file));
        const client = await open();
        if (resume !== undefined) {
          const heeded = ['resume', 'csv', 'report', 'korean'];
          tellIgnored(command, { heeded, because: 'a resumed evaluation keeps its settings', progress });
        }
        const started =
          resume === undefined
            ? await client.evaluations.start({
                datasetId: dataset ?? '',
                baseModelId: base ?? '',
                adapterIds: words.adapter ?? [],
                split: words.split,
                limit: words.limit,
                maxTokens: words.maxTokens,
                language: words.language,
                measure: words.measure,
                retryQueries: words.retryQueries,
                keepsForm: !words.freeAnswers,
              })
            : await client.evaluations.resume({ id: resume });
        const evaluation = await evaluationEnded(started, { client, signal, progress });
        const files: string[] = [];
        if (words.csv) files.push(await written(words.csv, await client.evaluations.csv({ id: evaluation.id })));
        if (words.report) {
          const about = { id: evaluation.id, language: words.korean ? ('ko' as const) : ('en' as const) };
          files.push(await written(words.report, await client.evaluations.report(about)));
        }
        const { fields, labels, sure } = await client.evaluations.breakdown({ id: evaluation.id });
        const told = { ...evaluation, results: [...withLabelMeasures(evaluation.results, labels)] };
        const parts = [
          ...(fields ? [fieldsText(fields)] : []),
          ...labels.map((each) => labelsText(told, each)),
          ...sureTexts(told, sure),
        ];
        return {
          json: {
            ...told,
            ...labelsJson(labels),
            ...(fields && { fields }),
            ...(sure.flat().length > 0 && { sure }),
            files,
          },
          text: [evaluationText(told), ...parts, ...files].join('\n'),
        };
      }),
    );
}

interface EvaluateWords {
  readonly measure?: TextMeasure;
  readonly dataset?: string;
  readonly base?: string;
  readonly resume?: string;
  readonly list?: boolean;
  readonly adapter?: string[];
  readonly split: EvaluationInput['split'];
  readonly limit?: number;
  readonly retryQueries?: boolean;
  readonly maxTokens?: number;
  readonly language?: EvaluationInput['language'];
  readonly csv?: string;
  readonly report?: string;
  readonly freeAnswers?: boolean;
  readonly korean?: boolean;
}

async function written(file: string, { text }: { text: string }): Promise<string> {
  const path = fromHere(file);
  await writeWhole(path, text).catch((cause: unknown) => {
    throw unwritable(cause, { option: 'out', path });
  });
  return path;
}

/** Follows an evaluation to its end; an abort stops it. Throws what made it fail or interrupted it. */
export async function evaluationEnded(
  { id }: Evaluation,
  {
    client,
    signal,
    progress,
    what = 'Evaluating',
  }: { client: StudioClient; signal: AbortSignal; progress: Progress; what?: string },
): Promise<Evaluation> {
  const stop = () => client.evaluations.stop({ id });
  const events = followed(client.evaluations.watch({ id }), { stop, signal });
  for await (const event of events) {
    if (event.kind === 'progress')
      progress.show({ ...event, what, words: `${event.done} of ${counted(event.total, 'answer')}` });
  }
  const ended = await client.evaluations.get({ id });
  const goOn = `Resume with: adapter-studio evaluate --resume ${id}. The results of finished models are kept.`;
  requireUnbroken(ended, goOn);
  if (signal.aborted && ended.state !== 'finished') {
    throw interruption('The evaluation was stopped.', goOn, { evaluation: ended });
  }
  return ended;
}

/** A sentence for each adapter: on how many rows it is better and how sure that is; then what to do next. */
function verdictText(evaluation: Evaluation): string[] {
  const { results, comparisons, mainMetric, provenance } = evaluation;
  const rows = results[0]?.n ?? 0;
  const told = comparisons
    .filter(({ metric, against }) => metric === mainMetric && against === 0)
    .map((comparison) => {
      const { of, better, worse, difference, low, high } = comparison;
      const [by, from, to] = [difference, low, high].map((share) => signedPoints(share, 1));
      return (
        `${results[of]?.adapter}: better than the base on ${better || 'none'} of ${counted(rows, 'row')}, worse on ${worse || 'none'}; ` +
        `${doubts[outcomeOf(comparison)]}. ${measureName(mainMetric, 'en')} ${by} points, between ${from} and ${to} with 95 % confidence.`
      );
    });
  for (const { name, seen } of provenance?.adapters ?? [])
    if (seen !== undefined) told.push(seenText({ adapter: name, seen, n: rows }, 'en'));
  const advice = verdictOf(evaluation)?.advice;
  if (advice === undefined) return told;
  const where = advice.kind.startsWith('read') ? ' They are in the file that --csv or --report writes.' : '';
  return [...told, `Next: ${adviceText(advice, 'en')}${where}`];
}

const doubts: Readonly<Record<Outcome, string>> = {
  better: 'clearly better',
  betterMixed: 'clearly better on average, as it gains more than it loses',
  worse: 'clearly worse',
  worseMixed: 'clearly worse on average, as it loses more than it gains',
  even: 'this could be chance',
  same: 'no difference on any row',
};

function evaluationText(evaluation: Evaluation): string {
  const { results, mainMetric, split } = evaluation;
  const names = [...new Set(results.flatMap((result) => Object.keys(result.metrics)))];
  names.sort((a, b) => Number(b === mainMetric) - Number(a === mainMetric));
  const table = textTable([
    [`on ${split} rows`, 'n', ...names, 'seconds'],
    ...results.map(({ adapter, n, metrics, seconds }) => [
      adapter,
      String(n),
      ...names.map((name) => metrics[name]?.toFixed(3) ?? '–'),
      seconds.toFixed(1),
    ]),
  ]);
  return [table, ...formText(evaluation.provenance?.form), ...verdictText(evaluation)].join('\n');
}
