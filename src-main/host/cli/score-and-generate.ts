import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { z } from 'zod';
import { answerFormSchema } from '../../../src-contract/answer-form.ts';
import { type PrecisionChoice, precisionSchema } from '../../../src-contract/base-model.ts';
import { type GenerateInput, samplingSchema } from '../../../src-contract/chat.ts';
import type { Split } from '../../../src-contract/dataset.ts';
import { StudioError } from '../../../src-contract/errors.ts';
import {
  type AdapterArgument,
  adapterIn,
  collectIn,
  fromHere,
  numberIn,
  splitIn,
  textIn,
  wordIn,
} from './arguments.ts';
import { counted } from './counted.ts';
import { interruption, usageFailure } from './failure.ts';
import { tellIgnored } from './ignored-options.ts';
import type { Run } from './session.ts';

export function addScoreAndGenerate(program: Command, run: Run): void {
  program
    .command('score')
    .description('measure how likely a base model, with or without an adapter, finds a target')
    .requiredOption('--base <model>', 'name or id of the base model')
    .option('--adapter <adapter[:scale]>', 'name or id, optionally with a factor on its scale', adapterIn)
    .option('--context <text>', 'what the model reads')
    .option('--target <text>', 'what it should write', textIn(z.string().min(1)))
    .option('--dataset <dataset>', 'score the rows of a dataset instead')
    .option('--split <split>', 'train, validation or test', splitIn, 'test' as Split)
    .option(
      '--limit <n>',
      'maximum rows: only the first n of the split (default: all)',
      numberIn(z.number().int().positive()),
    )
    .option(
      '--precision <precision>',
      'precision of the base’s matrices: float32, int8 or auto',
      wordIn(precisionSchema),
      'float32' as const,
    )
    .action((words: ScoreWords, command: Command) =>
      run(command, async ({ openOrMake, signal, progress }) => {
        const what = whatToScore(words);
        if (what.kind === 'pair')
          tellIgnored(command, { ignored: ['split', 'limit'], because: 'they are for --dataset', progress });
        const scoring = (await openOrMake()).chat.score(
          {
            baseModelId: words.base,
            adapterId: words.adapter?.name ?? null,
            strength: words.adapter?.strength,
            precision: words.precision,
            what,
          },
          { signal },
        );
        const score = await progress.during('Scoring', scoring);
        return {
          json: score,
          text: `Loss ${score.loss.toFixed(4)} nats per token over ${counted(score.tokens, 'token')} (perplexity ${Math.exp(score.loss).toFixed(2)}).`,
        };
      }),
    );

  const { shape } = samplingSchema;
  const choices = answerFormSchema.options[0].shape.texts;
  program
    .command('generate')
    .description('let a base model, with or without an adapter, continue a text')
    .requiredOption('--base <model>', 'name or id of the base model')
    .option('--adapter <adapter[:scale]>', 'name or id, optionally with a factor on its scale', adapterIn)
    .option('--prompt <text>', 'what the model reads', textIn(z.string().min(1)))
    .option('--dataset <dataset>', 'use the context of a row of this dataset instead')
    .option('--row <id>', 'the row’s id')
    .option('--retry-queries', 'replace a query that cannot be run on the dataset’s database by another that can')
    .option('--max-tokens <n>', 'write at most this many tokens', numberIn(shape.maxTokens), 128)
    .option('--temperature <t>', '0 always picks the most likely token', numberIn(shape.temperature), 0)
    .option('--top-k <k>', 'sample from the k most likely tokens; 0 for no limit', numberIn(shape.topK), 0)
    .option('--top-p <p>', 'sample from the most likely tokens that make up p', numberIn(shape.topP), 1)
    .option('--seed <n>', 'seed for sampling', numberIn(shape.seed), 0)
    .option(
      '--precision <precision>',
      'precision of the base’s matrices: float32, int8 or auto',
      wordIn(precisionSchema),
      'float32' as const,
    )
    .option('--choice <text>', 'write one of these texts; given several times', collectIn(choices))
    .option(
      '--json-schema <file>',
      'write JSON that this schema allows; “object” for any object',
      textIn(z.string().min(1)),
    )
    .option('--keep-form', 'keep the form of the targets that the adapter was trained on, as in the chat')
    .option('--stop <text>', 'end before this text; can be given several times', collectIn(shape.stop))
    .action((words: GenerateWords, command: Command) =>
      run(command, async ({ openOrMake, signal, progress }) => {
        const prompt = promptOf(words);
        const form = await formOf(words);
        // Queries that are written again are drawn.
        if (words.temperature === 0 && !words.retryQueries) {
          const because = 'at temperature 0 the most likely token is always picked';
          tellIgnored(command, { ignored: ['topK', 'topP', 'seed'], because, progress });
        }
        const events = await (await openOrMake()).chat.generate(
          {
            baseModelId: words.base,
            adapterId: words.adapter?.name ?? null,
            strength: words.adapter?.strength,
            precision: words.precision,
            prompt,
            form,
            sampling: {
              maxTokens: words.maxTokens,
              temperature: words.temperature,
              topK: words.topK,
              topP: words.topP,
              seed: words.seed,
              stop: words.stop ?? [],
            },
          },
          { signal },
        );
        let pieces = 0;
        for await (const event of events) {
          if (event.kind === 'finished') {
            const { generation } = event;
            const text = generation.text.replace(/^ /, '');
            if (generation.firstText !== null)
              progress.say(`The first query cannot be run, and was replaced: ${generation.firstText}`);
            if (generation.finish === 'length' && form !== undefined)
              progress.say('The answer was cut at the longest length, before it had its form: see --max-tokens.');
            if (generation.finish !== 'stopped') return { json: generation, text };
            const soFar = text === '' ? 'Nothing was written yet.' : `Written so far: ${text}`;
            throw interruption('The answer was stopped.', soFar, generation);
          }
          if ('share' in event) {
            const what = event.kind === 'loading' ? 'Loading the model' : 'Reading the prompt';
            progress.show({ what, done: event.share, total: 1 });
            continue;
          }
          progress.show({
            what: 'Writing',
            done: ++pieces,
            total: words.maxTokens,
            words: `at most ${words.maxTokens} tokens`,
          });
        }
        throw new Error('The generation ended without an answer.');
      }),
    );
}

interface ScoreWords {
  readonly base: string;
  readonly precision: PrecisionChoice;
  readonly adapter?: AdapterArgument;
  readonly context?: string;
  readonly target?: string;
  readonly dataset?: string;
  readonly split: Split;
  readonly limit?: number;
}

function whatToScore({ context, target, dataset, split, limit }: ScoreWords) {
  if (dataset !== undefined && context === undefined && target === undefined) {
    return { kind: 'split' as const, datasetId: dataset, split, limit };
  }
  if (dataset === undefined && context !== undefined && target !== undefined) {
    return { kind: 'pair' as const, context, target };
  }
  throw usageFailure('Give either --context and --target, or --dataset with --split.');
}

interface GenerateWords {
  readonly base: string;
  readonly precision: PrecisionChoice;
  readonly adapter?: AdapterArgument;
  readonly prompt?: string;
  readonly dataset?: string;
  readonly row?: string;
  readonly retryQueries?: boolean;
  readonly maxTokens: number;
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
  readonly seed: number;
  readonly stop?: string[];
  readonly choice?: string[];
  readonly jsonSchema?: string;
  readonly keepForm?: boolean;
}

async function formOf({ choice, jsonSchema, keepForm }: GenerateWords): Promise<GenerateInput['form']> {
  if ([choice, jsonSchema, keepForm].filter((each) => each !== undefined).length > 1)
    throw usageFailure('Give only one of --choice, --json-schema and --keep-form.');
  if (choice !== undefined) return { kind: 'choices', texts: choice };
  if (keepForm) return { kind: 'targets' };
  if (jsonSchema === undefined) return undefined;
  if (jsonSchema === 'object') return { kind: 'json' };
  const text = await readFile(fromHere(jsonSchema), 'utf8').catch((cause: unknown) => {
    throw new StudioError('FILE_NOT_FOUND', { file: jsonSchema }, { cause });
  });
  try {
    return { kind: 'json', schema: JSON.parse(text) as unknown };
  } catch {
    throw usageFailure(`“${jsonSchema}” is not JSON.`);
  }
}

function promptOf({ prompt, dataset, row, retryQueries }: GenerateWords) {
  if (prompt !== undefined && retryQueries) throw usageFailure('Give --retry-queries with --dataset and --row.');
  if (prompt !== undefined && dataset === undefined && row === undefined)
    return { kind: 'text' as const, text: prompt };
  if (prompt === undefined && dataset !== undefined && row !== undefined) {
    return { kind: 'example' as const, datasetId: dataset, exampleId: row, retryQueries };
  }
  throw usageFailure('Give either --prompt, or --dataset with --row.');
}
