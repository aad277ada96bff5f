import { type Command, InvalidArgumentError } from 'commander';
import { z } from 'zod';
import {
  type LabExperiment,
  type LabOptions,
  type ListedExperiment,
  labKindSchema,
  labOptionsSchema,
  type StartLabInput,
} from '../../../src-contract/lab.ts';
import { fromHere, numberIn, numbersIn, targetsIn, within, wordIn } from './arguments.ts';
import { counted } from './counted.ts';
import { deleteAll } from './delete-command.ts';
import { type CallFailure, interruption, requireUnbroken, usageFailure } from './failure.ts';
import { followed } from './followed-work.ts';
import { tellIgnored } from './ignored-options.ts';
import type { Progress } from './progress.ts';
import type { Answer, Run } from './session.ts';
import type { StudioClient } from './studio.ts';
import { textTable } from './text-table.ts';

export function addLabCommand(program: Command, run: Run): void {
  const { shape } = labOptionsSchema;
  program
    .command('lab')
    .description('the LoRA paper’s tables and figures on your own model and data')
    .argument('<experiment>', `${labKindSchema.options.join(', ')}; or list, show, delete`, experimentIn)
    .argument('[id...]', 'id of the result to show, ids of those to delete, from list')
    .option('--base <model>', 'name or id of the base model (otherwise the first one)')
    .option('--dataset <dataset>', 'name or id (otherwise the newest)')
    .option('--adapter <adapter>', 'table7: use this adapter instead of training one')
    .option('--seeds <list>', 'seeds, such as 0,1,2', numbersIn(shape.seeds))
    .option('--steps <n>', 'optimiser steps per training', numberIn(shape.steps))
    .option('--batch <n>', 'rows per step', numberIn(shape.batchSize))
    .option('--max-length <n>', 'longest example in tokens', numberIn(shape.maxLength))
    .option('--lr <rate>', 'learning rate', numberIn(shape.learningRate))
    .option('--alpha <n>', 'alpha, the same for all ranks', numberIn(shape.alpha))
    .option('--ranks <list>', 'ranks, such as 1,2,4,8,64', numbersIn(shape.ranks))
    .option('--targets <sets>', 'sets of matrices, such as q:q,v:q,k,v,o', targetSetsIn)
    .option('--budget-rank <n>', 'table5: the rank of one matrix', numberIn(shape.budgetRank))
    .option('--validation-rows <n>', 'rows to measure the loss on', numberIn(shape.validationRows))
    .option('--metric-rows <n>', 'test rows to answer and score', numberIn(shape.metricRows))
    .option('--trials <n>', 'measurements of each timed case', numberIn(shape.trials))
    .option('--passes <list>', 'table1, onebatch: rows x tokens, such as 8x128,1x32', passesIn)
    .option('--bottlenecks <list>', 'table1: widths of the adapter layers', numbersIn(shape.bottlenecks))
    .option('--repeat <experiment>', 'run this one again and compare the numbers')
    .option('--resume <experiment>', 'resume a stopped or interrupted experiment')
    .option(
      '--out <folder>',
      'folder for the tables, pictures, numbers and adapters, also with show (otherwise one in the data folder)',
    )
    .action((kind: StartLabInput['kind'] | Look, ids: string[], words: LabWords, command: Command) =>
      run(command, async ({ open, signal, progress }) => {
        if (isLook(kind)) {
          requireIds(kind, ids);
          const heeded = kind === 'show' ? ['out'] : [];
          tellIgnored(command, { heeded, because: `${kind} does not use them`, progress });
          return look(kind, { ids, out: outOf(words), progress }, await open());
        }
        if (ids.length > 0) throw misplacedId(kind);
        const client = await open();
        const begun =
          words.resume === undefined
            ? await client.lab.start(await inputOf(kind, words, client))
            : await client.lab.resume({ id: words.resume });
        const heeded = await heededOf(begun, words, client);
        const because = heeded === kept ? 'it keeps its settings' : `${begun.kind} does not use them`;
        tellIgnored(command, { heeded, because, progress });
        const experiment = await experimentEnded(begun.id, { client, signal, progress });
        const { files } = await client.lab.save({ id: experiment.id, out: outOf(words), language: 'en' });
        return answerOf(experiment, { files, client });
      }),
    );
}

/** Actions on existing results. */
const looks = ['list', 'show', 'delete'] as const;
type Look = (typeof looks)[number];

const isLook = (text: string): text is Look => (looks as readonly string[]).includes(text);
const experimentIn = wordIn(z.enum([...labKindSchema.options, ...looks]));

function misplacedId(kind: string): CallFailure {
  return usageFailure(`An id can only be given with show or delete, not with ${kind}.`);
}

function outOf({ out }: LabWords): string | undefined {
  return out === undefined ? undefined : fromHere(out);
}

function requireIds(what: Look, ids: readonly string[]): void {
  if (what === 'list' && ids.length > 0) throw misplacedId(what);
  if (what !== 'list' && ids.length === 0)
    throw usageFailure(`Give the id of the result to ${what}; adapter-studio lab list shows them.`);
  if (what === 'show' && ids.length > 1) throw usageFailure('One result can be shown at a time.');
}

async function look(
  what: Look,
  { ids, out, progress }: { ids: readonly string[]; out: string | undefined; progress: Progress },
  client: StudioClient,
): Promise<Answer> {
  if (what === 'list') return listOf(await client.lab.list());
  if (what === 'show') {
    const experiment = await client.lab.get({ id: ids[0] as string });
    // Its page saves a table or a picture at a time; this, all of them and the adapters.
    const { files } =
      out === undefined ? { files: [] } : await client.lab.save({ id: experiment.id, out, language: 'en' });
    return answerOf(experiment, { files, client });
  }
  const items = {
    async get(of: { id: string }) {
      const { id, kind } = await client.lab.get(of);
      // As in the list of what was deleted.
      return { id, name: kind };
    },
    delete: (of: { id: string }) => client.lab.delete(of),
  };
  return await deleteAll(ids, { noun: 'experiment', items, progress });
}

function listOf(experiments: readonly ListedExperiment[]): Answer {
  return {
    json: { experiments },
    text:
      experiments.length === 0
        ? 'Nothing has been run in the lab yet.'
        : textTable([
            ['experiment', 'state', 'parts', 'of', 'base model', 'dataset', 'id'],
            ...experiments.map(({ kind, state, done, total, facts, id }) => [
              ...[kind, state, String(done), String(total), facts.baseModel, facts.dataset ?? '–', id],
            ]),
          ]),
  };
}

interface LabWords {
  readonly base?: string;
  readonly dataset?: string;
  readonly adapter?: string;
  readonly seeds?: number[];
  readonly steps?: number;
  readonly batch?: number;
  readonly maxLength?: number;
  readonly lr?: number;
  readonly alpha?: number;
  readonly ranks?: number[];
  readonly targets?: LabOptions['targetSets'];
  readonly budgetRank?: number;
  readonly validationRows?: number;
  readonly metricRows?: number;
  readonly trials?: number;
  readonly passes?: LabOptions['passes'];
  readonly bottlenecks?: number[];
  readonly repeat?: string;
  readonly resume?: string;
  readonly out?: string;
}

async function inputOf(kind: StartLabInput['kind'], words: LabWords, client: StudioClient): Promise<StartLabInput> {
  const adapter = words.adapter === undefined ? undefined : await client.adapters.get({ id: words.adapter });
  const base = words.base ?? adapter?.baseModelId ?? (await client.baseModels.list())[0]?.id ?? '';
  const dataset = words.dataset ?? (await client.datasets.list()).toSorted((a, b) => b.createdAt - a.createdAt)[0]?.id;
  return {
    kind,
    baseModelId: base,
    ...(dataset === undefined ? {} : { datasetId: dataset }),
    ...(words.repeat === undefined ? {} : { repeatOf: words.repeat }),
    options: { ...optionsOf(words), adapterId: adapter?.id },
  };
}

/** The words whose options have other names in the contract, and those that have the same. */
const optionNames = {
  ...{ seeds: 'seeds', steps: 'steps', batch: 'batchSize', maxLength: 'maxLength', lr: 'learningRate', alpha: 'alpha' },
  ...{ ranks: 'ranks', targets: 'targetSets', budgetRank: 'budgetRank', validationRows: 'validationRows' },
  ...{ metricRows: 'metricRows', trials: 'trials', passes: 'passes', bottlenecks: 'bottlenecks' },
} as const satisfies Partial<Record<keyof LabWords, keyof LabOptions>>;

function optionsOf(words: LabWords): Partial<LabOptions> {
  return Object.fromEntries(
    Object.entries(optionNames).map(([word, option]) => [option, words[word as keyof typeof optionNames]]),
  );
}

/** All that matters to an experiment that has its settings already. */
const kept = ['resume', 'repeat', 'out'];

async function heededOf(begun: LabExperiment, words: LabWords, client: StudioClient): Promise<readonly string[]> {
  if (words.resume !== undefined || words.repeat !== undefined) return kept;
  const { uses } = await client.lab.view({ id: begun.id, language: 'en' });
  return [
    ...['base', 'out'],
    ...(begun.datasetId === null ? [] : ['dataset']),
    ...(begun.options.adapterId === null ? [] : ['adapter']),
    ...Object.entries(optionNames).flatMap(([word, option]) => (uses.includes(option) ? [word] : [])),
  ];
}

/** Follows an experiment to its end; an abort stops it. Throws the experiment's own failure. */
async function experimentEnded(
  id: string,
  { client, signal, progress }: { client: StudioClient; signal: AbortSignal; progress: Progress },
): Promise<LabExperiment> {
  const stop = () => client.lab.stop({ id });
  const events = followed(client.lab.watch({ id }), { stop, signal });
  for await (const event of events) {
    if (event.kind !== 'progress') continue;
    const { done, total, fraction, now, step, steps, secondsLeft } = event;
    const words = `${done} of ${counted(total, 'part')}${now === '' ? '' : `, ${now}: ${step} of ${steps}`}`;
    progress.show({ what: 'Lab', done: fraction ?? done / total, total: 1, words, secondsLeft });
  }
  const ended = await client.lab.get({ id });
  const goOn = `Resume with: adapter-studio lab ${ended.kind} --resume ${id}`;
  requireUnbroken(ended, goOn);
  if (ended.state !== 'finished') throw interruption('The experiment was stopped.', goOn, { experiment: ended });
  return ended;
}

async function answerOf(
  experiment: LabExperiment,
  { files, client }: { files: string[]; client: StudioClient },
): Promise<Answer> {
  const { id, kind, options, facts, seconds, repeat, cells } = experiment;
  const view = await client.lab.view({ id, language: 'en' });
  const maps = await client.lab.maps({ id });
  const own = view.tables.filter(({ whose, rows }) => whose === 'ours' && rows.length <= 40);
  return {
    json: {
      ...{ id, kind, settings: options, facts, seconds, files, repeat },
      reading: { verdict: view.verdict, text: view.reading, because: view.because },
      // Heat maps where the paper has maps, and the plain numbers of each part for everything.
      ...(maps.length > 0 ? { heatmaps: maps.map(({ values, map }) => ({ ...values, phi: map })) } : {}),
      table: cells.map(({ key, values, timings }) => ({ part: key, ...values, ...timings })),
      caption: view.caption,
    },
    text: [
      `${view.place}: ${view.question}`,
      ...own.map(({ title, note, columns, rows }) =>
        [
          `\n${title} (${note})`,
          textTable([
            columns,
            ...rows.map((row) => row.map(({ text, spread }) => `${text}${spread ? ` ${spread}` : ''}`)),
          ]),
        ].join('\n'),
      ),
      `\n${view.reading}`,
      view.because,
      ...(repeat === null
        ? []
        : [`${repeat.equal} of ${repeat.compared} numbers came out the same (timings not counted).`]),
      `\n${view.caption}`,
      ...(files.length > 0 ? [`Files: ${files[0] ?? ''} and ${files.length - 1} more.`] : []),
      experiment.state === 'finished'
        ? `Repeat it with: adapter-studio lab ${kind} --repeat ${id}`
        : `Resume with: adapter-studio lab ${kind} --resume ${id}`,
    ].join('\n'),
  };
}

/** `q:q,v` means q alone, and q with v. */
function targetSetsIn(text: string): LabOptions['targetSets'] {
  return within(labOptionsSchema.shape.targetSets, text.split(':').map(targetsIn));
}

function passesIn(text: string): LabOptions['passes'] {
  const { passes } = labOptionsSchema.shape;
  const { rows, tokens } = passes.element.shape;
  const typed = text.split(',').map((word) => {
    const [first = '', second = '', ...others] = word.split(/[x×]/);
    if (second === '' || others.length > 0) throw new InvalidArgumentError('Write rows x tokens, such as 8x128.');
    return { rows: numberIn(rows)(first), tokens: numberIn(tokens)(second) };
  });
  return within(passes, typed);
}
