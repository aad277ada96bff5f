import { readFileSync } from 'node:fs';
import { type Command, InvalidArgumentError } from 'commander';
import type { Adapter } from '../../../src-contract/adapter.ts';
import {
  type Also,
  alsoSchema,
  type Estimate,
  presetSchema,
  type RunResult,
  type Run as TrainingRun,
  type TrainOptions,
  trainOptionsSchema,
} from '../../../src-contract/run.ts';
import { secondsTaken } from '../../../src-contract/seconds-taken.ts';
import { readSettingsText } from '../../../src-contract/settings-file.ts';
import { fromHere, numberIn, numbersIn, targetsIn, wordIn } from './arguments.ts';
import { counted } from './counted.ts';
import { interruption, requireUnbroken, usageFailure } from './failure.ts';
import { followed } from './followed-work.ts';
import { tellIgnored } from './ignored-options.ts';
import type { Progress } from './progress.ts';
import type { Run } from './session.ts';
import type { StudioClient } from './studio.ts';
import { tellDoubts } from './table-doubts.ts';

export function addTrainCommands(program: Command, run: Run): void {
  withTrainOptions(program.command('estimate'))
    .description('estimate what a training needs, without starting it')
    .requiredOption('--dataset <dataset>', 'name or id')
    .requiredOption('--base <model>', 'name or id of the base model')
    .action((words: TrainWords & { dataset: string; base: string }, command: Command) =>
      run(command, async ({ open, signal, progress }) => {
        const client = await open();
        const estimating = client.runs.estimate(
          {
            datasetId: words.dataset,
            baseModelId: words.base,
            preset: words.preset,
            options: optionsOf(words),
            also: alsoOf(words),
          },
          { signal },
        );
        const estimate = await progress.during('Counting tokens', estimating);
        return { json: estimate, text: estimateText(estimate) };
      }),
    );

  withTrainOptions(program.command('train'))
    .description('train an adapter for a base model on a dataset')
    .option('--dataset <dataset>', 'name or id')
    .option('--base <model>', 'name or id of the base model')
    .option('--name <name>', 'the adapter’s name')
    .option('--resume <run>', 'resume a stopped or interrupted run')
    .action((words: StartWords, command: Command) =>
      run(command, async ({ open, signal, progress }) => {
        const { dataset, base, name, resume } = words;
        if (resume === undefined && (dataset === undefined || base === undefined || name === undefined)) {
          throw usageFailure('A training needs --dataset, --base and --name, or --resume with a run.');
        }
        const client = await open();
        if (resume !== undefined)
          tellIgnored(command, { heeded: ['resume'], because: 'a resumed run keeps its settings', progress });
        const started =
          resume === undefined
            ? await client.runs.start({
                datasetId: dataset ?? '',
                baseModelId: base ?? '',
                name: name ?? '',
                preset: words.preset,
                options: optionsOf(words),
                also: alsoOf(words),
              })
            : await resumed(resume, { client, progress });
        const doubts = resume === undefined ? await tellDoubts(started.datasetId, { client, signal, progress }) : [];
        const all = await groupOf(started, client);
        const answers = [];
        let unfinished: TrainingRun | undefined;
        let failure: unknown;
        for (const each of all) {
          const what = all.length > 1 ? each.name : undefined;
          const ended = await runEnded(each, { client, signal, progress, what }).catch((error: unknown) => {
            failure ??= error;
          });
          // The others continue without it.
          if (ended === undefined) continue;
          if (ended.state !== 'finished') unfinished ??= ended;
          answers.push(await trainingAnswer(ended, client));
        }
        if (failure !== undefined) throw failure;
        const [first, ...others] = answers as [(typeof answers)[number], ...typeof answers];
        const json = {
          ...first.json,
          ...(resume === undefined && { doubts }),
          ...(others.length > 0 && { also: others.map((other) => other.json) }),
        };
        if (signal.aborted && unfinished !== undefined) {
          throw interruption(
            unfinished.step === 0
              ? 'The training was stopped before its first step.'
              : `The training was stopped after step ${unfinished.step} of ${unfinished.totalSteps}; what was done so far is kept.`,
            `Resume with: adapter-studio train --resume ${unfinished.id}`,
            json,
          );
        }
        return { json, text: answers.map(({ text }) => text).join('\n\n') };
      }),
    );
}

/** Resumes a run that has ended, and says from which step. */
async function resumed(
  idOrName: string,
  { client, progress }: { client: StudioClient; progress: Pick<Progress, 'say'> },
): Promise<TrainingRun> {
  const before = await client.runs.get({ id: idOrName });
  const group = await groupOf(before, client);
  // Runs that train together continue from the last step that all of them have saved.
  const kept = await Promise.all(group.filter(hasBroken).map(async (each) => savedStep(each, client)));
  const run = await client.runs.resume({ id: before.id });
  if (hasBroken(before)) {
    const step = Math.min(...kept);
    const from = step > 0 ? `from step ${step} of ${run.totalSteps}` : 'from the start, as no step had been saved';
    progress.say(`“${run.name}” continues ${from}.`);
  }
  return run;
}

/** Whether a run ended early and can be resumed; its event stream is complete then. */
function hasBroken({ state, error }: TrainingRun): boolean {
  if (error?.code === 'RUN_DIVERGED') return false;
  return state === 'paused' || state === 'stopped' || state === 'interrupted' || state === 'failed';
}

/** The step of a run's last checkpoint; 0 if it has none. */
async function savedStep({ id }: TrainingRun, client: StudioClient): Promise<number> {
  let step = 0;
  for await (const event of await client.runs.watch({ id })) if (event.kind === 'checkpoint') step = event.step;
  return step;
}

/** The runs that train together with a run, which comes first itself. */
async function groupOf(run: TrainingRun, client: StudioClient): Promise<TrainingRun[]> {
  if (run.group === null) return [run];
  const { id } = run.group;
  const all = (await client.runs.list()).filter(({ group }) => group?.id === id);
  return all.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

interface TrainWords {
  readonly preset?: (typeof presetSchema.options)[number];
  readonly rank?: number;
  readonly alpha?: number;
  readonly targets?: TrainOptions['targets'];
  readonly dropout?: number;
  readonly initialisation?: TrainOptions['initialisation'];
  readonly lr?: number;
  readonly schedule?: TrainOptions['schedule'];
  readonly warmup?: number;
  readonly weightDecay?: number;
  readonly labelSmoothing?: number;
  readonly patience?: number | 'never';
  readonly sampleRows?: number;
  readonly settings?: Partial<TrainOptions>;
  readonly clip?: number;
  readonly epochs?: number;
  readonly maxSteps?: number;
  readonly batch?: number;
  readonly maxLength?: number;
  readonly seed?: number;
  readonly shuffle: boolean;
  readonly validationEvery?: number;
  readonly initAdapter?: string;
  readonly backend?: TrainOptions['backend'];
  readonly precision?: TrainOptions['precision'];
  readonly gradientCheckpointing?: boolean;
  readonly alsoRank?: number[];
  readonly alsoSeed?: number[];
  readonly alsoLr?: number[];
}

interface StartWords extends TrainWords {
  readonly dataset?: string;
  readonly base?: string;
  readonly name?: string;
  readonly resume?: string;
}

function withTrainOptions(command: Command): Command {
  const { shape } = trainOptionsSchema;
  const { shape: also } = alsoSchema;
  return command
    .option(
      '--preset <preset>',
      `where the other options start from: ${presetSchema.options.join(', ')} (default: balanced)`,
      wordIn(presetSchema),
    )
    .option('--rank <n>', 'rank of the adapter', numberIn(shape.rank))
    .option('--alpha <n>', 'its numerator: scale = alpha ÷ rank', numberIn(shape.alpha))
    .option('--targets <list>', 'adapted matrices: some of q,k,v,o,gate,up,down, or all', targetsIn)
    .option('--dropout <p>', 'dropout on the adapter’s input', numberIn(shape.dropout))
    .option('--initialisation <kind>', 'how A starts: gradient, kaiming or gaussian', wordIn(shape.initialisation))
    .option('--lr <rate>', 'learning rate', numberIn(shape.learningRate))
    .option('--schedule <kind>', 'learning-rate schedule: linear, cosine or constant', wordIn(shape.schedule))
    .option('--warmup <steps>', 'steps over which the learning rate rises', numberIn(shape.warmupSteps))
    .option('--weight-decay <w>', 'decoupled weight decay', numberIn(shape.weightDecay))
    .option('--label-smoothing <s>', 'share of certainty spread over all tokens', numberIn(shape.labelSmoothing))
    .option('--patience <n>', 'validations without improvement before it ends early, or never', patienceIn)
    .option('--sample-rows <n>', 'validation rows answered at each validation', numberIn(shape.sampleRows))
    .option('--settings <file>', 'start from the settings in this file; other options override them', settingsIn)
    .option('--clip <norm>', 'largest gradient norm; 0 for no limit', numberIn(shape.gradientClip))
    .option('--epochs <e>', 'how many times each row is read', numberIn(shape.epochs))
    .option('--max-steps <s>', 'end after this many steps', numberIn(shape.maxSteps.unwrap()))
    .option('--batch <b>', 'rows per step', numberIn(shape.batchSize))
    .option('--max-length <l>', 'longest example in tokens', numberIn(shape.maxLength))
    .option('--seed <n>', 'seed of everything random', numberIn(shape.seed))
    .option('--no-shuffle', 'keep the order of the rows')
    .option('--validation-every <steps>', 'steps between two validations', numberIn(shape.validationEvery.unwrap()))
    .option('--init-adapter <adapter>', 'continue from this adapter’s weights')
    .option('--backend <backend>', 'compute backend: auto or onnxruntime', wordIn(shape.backend))
    .option(
      '--precision <precision>',
      'precision of the base’s matrices: auto, float32, int8 or int4',
      wordIn(shape.precision),
    )
    .option('--gradient-checkpointing', 'recompute layers instead of keeping them: less memory, more time')
    .option('--also-rank <list>', 'also train adapters of these ranks at the same time', numbersIn(also.ranks.unwrap()))
    .option('--also-seed <list>', 'and of these seeds', numbersIn(also.seeds.unwrap()))
    .option('--also-lr <list>', 'and with these learning rates', numbersIn(also.learningRates.unwrap()));
}

function alsoOf({ alsoRank, alsoSeed, alsoLr }: TrainWords): Also | undefined {
  const lists = { ranks: alsoRank, seeds: alsoSeed, learningRates: alsoLr };
  return Object.values(lists).some((list) => list !== undefined) ? lists : undefined;
}

/** Commander treats null as an empty text. */
function patienceIn(text: string): number | 'never' {
  return text === 'never' ? text : numberIn(trainOptionsSchema.shape.patience.unwrap())(text);
}

function settingsIn(file: string): Partial<TrainOptions> {
  const settings = readSettingsText(textIn(fromHere(file)));
  if (settings === undefined) throw new InvalidArgumentError('This is not a file of training settings.');
  return settings;
}

function textIn(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new InvalidArgumentError('There is no such file, or it cannot be read.');
  }
}

/** Only options that were specified: the rest comes from the preset. */
function optionsOf(words: TrainWords): Partial<TrainOptions> {
  const named = {
    rank: words.rank,
    alpha: words.alpha,
    targets: words.targets,
    dropout: words.dropout,
    initialisation: words.initialisation,
    learningRate: words.lr,
    schedule: words.schedule,
    warmupSteps: words.warmup,
    weightDecay: words.weightDecay,
    labelSmoothing: words.labelSmoothing,
    patience: words.patience === 'never' ? null : words.patience,
    sampleRows: words.sampleRows,
    gradientClip: words.clip,
    epochs: words.epochs,
    maxSteps: words.maxSteps,
    batchSize: words.batch,
    maxLength: words.maxLength,
    seed: words.seed,
    shuffle: words.shuffle ? undefined : false,
    validationEvery: words.validationEvery,
    initAdapterId: words.initAdapter,
    backend: words.backend,
    precision: words.precision,
    gradientCheckpointing: words.gradientCheckpointing,
  };
  const set = Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
  return { ...words.settings, ...set };
}

/**
 * Follows a run to its end, showing progress. An abort stops the run and waits until it has saved what there is. Throws
 * what made the run fail or interrupted it.
 */
export async function runEnded(
  run: TrainingRun,
  {
    client,
    signal,
    progress,
    what = 'Training',
  }: { client: StudioClient; signal: AbortSignal; progress: Progress; what?: string | undefined },
): Promise<TrainingRun> {
  const stop = () => client.runs.stop({ id: run.id });
  const events = followed(client.runs.watch({ id: run.id }), { stop, signal });
  let total = run.totalSteps;
  let validation = '';
  for await (const event of events) {
    if (event.kind === 'loading' && event.share < 1)
      progress.show({ what: 'Loading the model', done: event.share, total: 1 });
    if (event.kind === 'started') total = event.totalSteps;
    if (event.kind === 'validation') validation = ` · validation loss ${event.loss.toFixed(3)}`;
    // Of a resumed run, what was told before is told again at first.
    if (event.kind === 'step' && event.step > run.step) {
      progress.show({
        what,
        done: event.step,
        total,
        words: `step ${event.step}/${total} · loss ${event.loss.toFixed(3)}${validation} · ${Math.round(event.tokensPerSecond)} token/s`,
        secondsLeft: event.secondsLeft,
      });
    }
  }
  const ended = await client.runs.get({ id: run.id });
  requireUnbroken(ended, `Resume with: adapter-studio train --resume ${run.id}`);
  return ended;
}

export async function trainingAnswer(run: TrainingRun, client: StudioClient) {
  const adapter = run.adapterId === null ? null : await client.adapters.get({ id: run.adapterId });
  const { baseSha256Before, baseSha256After, ...result } = run.result ?? {};
  return {
    json: {
      run: {
        id: run.id,
        name: run.name,
        state: run.state,
        step: run.step,
        totalSteps: run.totalSteps,
        options: run.options,
        /** As long as a person waited; `seconds` are those of the steps alone. */
        secondsTaken: secondsTaken(run, Date.now()),
        ...result,
      },
      adapter,
      base: { id: run.baseModelId, sha256Before: baseSha256Before, sha256After: baseSha256After },
    },
    text: trainingText(run, adapter),
  };
}

/** The result of a run, with the adapter that it made. */
export function trainingText(run: TrainingRun, adapter: Adapter | null): string {
  const { id, result, step, totalSteps } = run;
  if (!result || !adapter) return `The run ${id} ended after step ${step} of ${totalSteps} without an adapter.`;
  const [before, start, after] = [result.baseValidationLoss, result.startValidationLoss, result.bestValidationLoss].map(
    (loss) => loss?.toFixed(3),
  );
  return [
    `The adapter “${adapter.name}” is ready: ${adapter.parameters} parameters, fingerprint ${adapter.sha256.slice(0, 8)}.`,
    `${counted(result.steps, 'step')} in ${secondsTaken(run, Date.now())?.toFixed(1)} s with all measurements, ` +
      `${Math.round(result.tokensPerSecond)} token/s in ${result.seconds.toFixed(1)} s of training; ` +
      `training loss ${result.firstLoss.toFixed(3)} → ${result.lastLoss.toFixed(3)}.`,
    ...keptText(run, result),
    before === undefined || after === undefined
      ? 'There were no validation rows.'
      : `Validation loss ${before} (base) → ${start === undefined ? '' : `${start} (the adapter it continued from) → `}${after} (with the adapter).`,
    result.baseSha256Before === result.baseSha256After
      ? `The base model is unchanged (${result.baseSha256After.slice(0, 8)}).`
      : 'The base model’s files changed during training.',
    adapter.path,
  ].join('\n');
}

/** Why it ended before its last step, and which step's weights were kept, if not the last. */
function keptText({ options }: TrainingRun, { early, bestStep, steps }: RunResult): string[] {
  if (bestStep === null || (!early && bestStep >= steps)) return [];
  if (!early) return [`The weights of step ${bestStep} were the best, so they were kept.`];
  const waited = counted(options.patience ?? 0, 'validation');
  return [`Ended early: ${waited} brought no improvement. The weights of step ${bestStep} were kept.`];
}

function partsText(parts: Estimate['memory']['parts']): string {
  return Object.entries(parts)
    .map(([name, bytes]) => `${name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)} ${megabytes(bytes)}`)
    .join(', ');
}

/** Rounded as on the page. */
function megabytes(bytes: number): number {
  return Number((bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0));
}

function estimateText(estimate: Estimate): string {
  const { memory, disk, time, data, tokens, fits, remedy, trainableParameters, totalParameters, group } = estimate;
  return [
    `About ${megabytes(memory.bytes)} MB of memory (${partsText(memory.parts)}) and ${Math.ceil(time.seconds)} s for ${counted(time.steps, 'step')}.`,
    ...(group === null
      ? []
      : [
          `That is for ${group.runs} adapters together; one alone takes ${megabytes(group.alone.memoryBytes)} MB and ${Math.ceil(group.alone.seconds)} s. They train ` +
            (group.together > 1
              ? `up to ${group.together} in one pass.`
              : 'one after the other, as one step already uses the whole computer.'),
        ]),
    ...(data.rows < data.of
      ? [`It reads ${data.rows} of ${counted(data.of, 'row')}, each once; with --epochs 1 it reads all of them.`]
      : []),
    `${counted(tokens.total, 'token')}, ${tokens.target} of them in targets; ${data.cut === 0 ? 'no row is cut' : `${tokens.cut} are cut from ${counted(data.cut, 'longer row')}`}.`,
    ...(data.leftOut > 0
      ? [`${counted(data.leftOut, 'row', ['is', 'are'])} left out, as the target does not fit.`]
      : []),
    ...(data.cut + data.leftOut > 0 ? [`The longest row has ${data.longest} tokens.`] : []),
    ...(data.unreadScript === null
      ? []
      : [
          `The base hardly knows the script of these rows: it needs ${data.unreadScript.toFixed(1)} tokens for each letter, where one that knows it needs less than one. Choose a base that was trained on the language.`,
        ]),
    `${trainableParameters} of ${totalParameters} parameters are trained.`,
    ...(disk.bytes > disk.availableBytes
      ? [
          `Not enough disk space: it needs ${megabytes(disk.bytes)} MB, but only ${megabytes(disk.availableBytes)} MB are free.`,
        ]
      : []),
    fits
      ? 'It fits this computer.'
      : remedy === null
        ? 'It does not fit this computer.'
        : `It does not fit this computer; it would with ${counted(remedy.batchSize, 'row')} per step, at most ${remedy.maxLength} tokens and the base in precision “${remedy.precision}”.`,
  ].join('\n');
}
