import { isActive } from '../../src-contract/active-job.ts';
import type { Adapter } from '../../src-contract/adapter.ts';
import type { BaseModel } from '../../src-contract/base-model.ts';
import type { Dataset } from '../../src-contract/dataset.ts';
import type { Evaluation } from '../../src-contract/evaluation.ts';
import type { Run, RunEvent } from '../../src-contract/run.ts';
import { secondsTaken } from '../../src-contract/seconds-taken.ts';
import { client, connection } from '../client.ts';
import { OngoingWork } from '../ui/ongoing-work.svelte.ts';
import { isSomebodyTyping } from '../ui/typing.ts';
import { RunCurve } from './run-curve.ts';

type StartedEvent = Extract<RunEvent, { kind: 'started' }>;
/** How far the base has loaded is shown while it matters, but not recorded. */
type LoggedEvent = Exclude<RunEvent, { kind: 'loading' }>;

const drawingMs = 150;
const longestWaitMs = 1_000;

export interface LogLine {
  readonly number: number;
  readonly event: LoggedEvent;
}

/** One run, followed live: every stored event is replayed first, so that a page opened late draws the whole plot. */
export class RunState {
  readonly id: string;
  run = $state.raw<Run | undefined>(undefined);
  dataset = $state.raw<Dataset | undefined>(undefined);
  baseModel = $state.raw<BaseModel | undefined>(undefined);
  adapter = $state.raw<Adapter | undefined>(undefined);
  /** The adapter that it continued from. */
  startedFrom = $state.raw<Adapter | undefined>(undefined);
  /** The adapter of the run that this one repeats. */
  original = $state.raw<Adapter | undefined>(undefined);
  /** The runs that were started together with it. */
  trainedWith = $state.raw<readonly Run[]>([]);
  /** Evaluations that measured this run's adapter. */
  evaluations = $state.raw<readonly Evaluation[]>([]);
  started = $state.raw<StartedEvent | undefined>(undefined);
  /** How much of the base has been loaded, while it is; 1 while other runs have their turn. */
  loaded = $state.raw<number | undefined>(undefined);
  acting = $state(false);
  /** What was asked for and happens after the step in progress, which takes a while on a large model. */
  ending = $state<'stop' | 'pause' | undefined>();
  /** Incremented whenever `curve` or `log` has grown; whatever draws them reads it. */
  version = $state(0);
  now = $state(Date.now());

  curve = new RunCurve();
  log: LogLine[] = [];

  // Its place changes with the queue, and it may be resumed, ended or deleted elsewhere.
  readonly #work = new OngoingWork({
    nouns: ['run', 'dataset', 'base-model', 'adapter', 'evaluation'],
    notFound: 'RUN_NOT_FOUND',
    isKnown: () => this.run !== undefined,
    isGoing: () => this.isActive,
    howFar: () => `${this.run?.step}`,
    read: () => this.#read(),
    watch: (signal) => this.#watch(signal),
    forget: () => {
      this.run = undefined;
    },
  });
  #drawing = false;
  #learning = false;
  readonly #clock: ReturnType<typeof setInterval>;

  constructor(id: string) {
    this.id = id;
    this.#clock = setInterval(() => {
      if (this.isActive) this.now = Date.now();
    }, 1_000);
    this.#work.follow();
  }

  get error(): unknown {
    return this.#work.error;
  }

  set error(error: unknown) {
    this.#work.error = error;
  }

  get isGone(): boolean {
    return this.#work.isGone;
  }

  get isActive(): boolean {
    return this.run !== undefined && isActive(this.run);
  }

  get canResume(): boolean {
    const { state, error } = this.run ?? {};
    // A run that diverged would diverge again.
    if (state === 'failed') return error?.code !== 'RUN_DIVERGED';
    return state === 'interrupted' || state === 'stopped' || state === 'paused';
  }

  get step(): number {
    void this.version;
    return Math.max(this.curve.lastStep?.step ?? 0, this.isActive ? 0 : (this.run?.step ?? 0));
  }

  /** Known once the rows have been read; 0 before. */
  get totalSteps(): number {
    return this.started?.totalSteps ?? this.run?.totalSteps ?? 0;
  }

  /** Whether its starting point is being measured, before the first step. */
  get isMeasuringStart(): boolean {
    void this.version;
    return (this.started?.validationRows ?? 0) > 0 && this.curve.start === undefined;
  }

  /** Undefined also once it is ending: the rest of its steps is no longer taken. */
  get secondsLeft(): number | undefined {
    void this.version;
    return this.run?.state === 'running' && this.ending === undefined ? this.curve.lastStep?.secondsLeft : undefined;
  }

  get secondsSoFar(): number | undefined {
    return this.run && secondsTaken(this.run, this.now);
  }

  async open(): Promise<void> {
    await this.#work.open();
  }

  async stop(): Promise<void> {
    await this.#end('stop');
  }

  async pause(): Promise<void> {
    await this.#end('pause');
  }

  async #end(how: 'stop' | 'pause'): Promise<void> {
    this.ending = how;
    await this.#act(() => client.runs[how]({ id: this.id }));
    this.ending = undefined;
  }

  /** Returns the new run, or undefined if it could not be started; `error` then says why. */
  async repeat(): Promise<Run | undefined> {
    let again: Run | undefined;
    await this.#act(async () => {
      again = await client.runs.repeat({ id: this.id });
    });
    return again;
  }

  /** Returns a function that undoes the deletion, or undefined if it could not be deleted; `error` then says why. */
  async delete(): Promise<(() => Promise<unknown>) | undefined> {
    let restore: (() => Promise<unknown>) | undefined;
    await this.#act(async () => {
      await this.#work.delete(() => client.runs.delete({ id: this.id }));
      restore = () => client.runs.restore({ id: this.id });
    });
    return restore;
  }

  async resume(): Promise<void> {
    const ask = async () => {
      this.run = await client.runs.resume({ id: this.id });
      this.now = Date.now();
      void this.#work.watch();
    };
    await this.#act(() => this.#work.resume(ask));
  }

  leave(): void {
    this.#work.leave();
    clearInterval(this.#clock);
  }

  async #read(): Promise<void> {
    const run = await client.runs.get({ id: this.id });
    this.run = run;
    const [dataset, baseModel, adapter, evaluations, original, trainedWith, startedFrom] = await Promise.allSettled([
      client.datasets.get({ id: run.datasetId }),
      client.baseModels.get({ id: run.baseModelId }),
      run.adapterId === null ? undefined : client.adapters.get({ id: run.adapterId }),
      run.adapterId === null ? [] : client.evaluations.list(),
      run.repeats === null ? undefined : this.#adapterOf(run.repeats),
      this.#othersOf(run),
      run.options.initAdapterId === null ? undefined : client.adapters.get({ id: run.options.initAdapterId }),
    ]);
    // Each may have been deleted since; the run is shown without them.
    this.dataset = dataset.status === 'fulfilled' ? dataset.value : undefined;
    this.baseModel = baseModel.status === 'fulfilled' ? baseModel.value : undefined;
    this.adapter = adapter.status === 'fulfilled' ? adapter.value : undefined;
    this.startedFrom = startedFrom.status === 'fulfilled' ? startedFrom.value : undefined;
    this.original = original.status === 'fulfilled' ? original.value : undefined;
    this.trainedWith = trainedWith.status === 'fulfilled' ? trainedWith.value : [];
    this.evaluations =
      evaluations.status === 'fulfilled'
        ? evaluations.value.filter(({ results }) => results.some(({ adapterId }) => adapterId === run.adapterId))
        : [];
  }

  /** The runs that it trains together with. */
  async #othersOf({ id: own, group }: Run): Promise<Run[]> {
    if (group === null) return [];
    const others = (await client.runs.listed()).filter((run) => run.id !== own && run.group?.id === group.id);
    return Promise.all(others.toReversed().map(({ id }) => client.runs.get({ id })));
  }

  async #adapterOf(runId: string): Promise<Adapter | undefined> {
    const { adapterId } = await client.runs.get({ id: runId });
    return adapterId === null ? undefined : await client.adapters.get({ id: adapterId });
  }

  /** The step that a resumed run continues from; 0 if no checkpoint was written. */
  get savedStep(): number {
    void this.version;
    const saved = this.log.findLast(({ event }) => event.kind === 'checkpoint')?.event;
    return saved?.kind === 'checkpoint' ? saved.step : 0;
  }

  /** Starts from the first event each time: a run resumed from a checkpoint discards its later events. */
  async #watch(signal: AbortSignal): Promise<void> {
    this.#forgetTold();
    try {
      for await (const event of await client.runs.watch({ id: this.id }, { signal })) {
        this.#receive(event);
      }
    } catch (error) {
      if (signal.aborted) return;
      if (connection.current === 'open') throw error;
      await untilOpen(signal);
      return await this.#watch(signal);
    }
    if (signal.aborted) return;
    await this.#read();
    // An action that failed while it was in progress, such as stopping it here, no longer matters.
    this.error = undefined;
  }

  /** What came before a run's start is from an earlier attempt, which had learned nothing when it was paused. */
  #forgetTold(): void {
    this.curve = new RunCurve();
    this.log = [];
  }

  #receive(event: RunEvent): void {
    this.loaded = event.kind === 'loading' ? event.share : undefined;
    if (event.kind === 'loading') return;
    if (event.kind === 'started') this.#forgetTold();
    this.curve.push(event);
    forgetRetold(this.log, event);
    this.log.push({ number: this.log.length + 1, event });
    if (event.kind === 'started') this.started = event;
    if (event.kind === 'started' || event.kind === 'step') this.#learnWhenItBegan();
    this.#drawSoon();
  }

  /** A resumed run is active again from its first step, or from its `started` event. */
  #learnWhenItBegan(): void {
    if (!this.isActive || this.run?.activeSince != null || this.#learning) return;
    this.#learning = true;
    const learnt = () => (this.#learning = false);
    void this.#read().then(learnt, learnt);
  }

  /**
   * A replay delivers thousands of events at once; they are drawn together, a few times a second, when the browser is
   * idle. Typing takes precedence: meanwhile the plot is drawn once a second.
   */
  #drawSoon(): void {
    if (this.#drawing) return;
    this.#drawing = true;
    const wantedMs = performance.now();
    const draw = (): void => {
      const isLate = performance.now() - wantedMs > longestWaitMs;
      if (!isLate && isSomebodyTyping()) {
        setTimeout(draw, drawingMs);
        return;
      }
      this.#drawing = false;
      this.version++;
    };
    setTimeout(() => whenIdle(draw), drawingMs);
  }

  async #act(action: () => Promise<unknown>): Promise<void> {
    this.acting = true;
    this.error = undefined;
    try {
      await action();
    } catch (error) {
      this.error = error;
    } finally {
      this.acting = false;
    }
  }
}

/** A run resumed from its checkpoint repeats what came after that: drops the lines that this event goes back behind. */
function forgetRetold(log: LogLine[], event: LoggedEvent): void {
  if (event.kind !== 'step' && event.kind !== 'validation') return;
  // A step comes before its validation, and step 0 is a validation alone.
  const order = (each: LoggedEvent) => ('step' in each ? each.step * 2 + (each.kind === 'step' ? 0 : 1) : -1);
  const isRetold = (each: LoggedEvent) =>
    order(each) > order(event) || (order(each) === order(event) && each.kind === event.kind);
  const newest = log.at(-1);
  if (newest === undefined || !isRetold(newest.event)) return;
  const first = log.findIndex((line) => isRetold(line.event));
  if (first >= 0) log.splice(first);
}

function whenIdle(draw: () => void): void {
  // Safari has no idle callback, and tests have no browser.
  if (typeof requestIdleCallback === 'function') requestIdleCallback(draw, { timeout: 400 });
  else draw();
}

function untilOpen(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const unsubscribe = connection.subscribe((state) => {
      if (state === 'open') queueMicrotask(finish);
    });
    signal.addEventListener('abort', finish, { once: true });

    function finish(): void {
      unsubscribe();
      signal.removeEventListener('abort', finish);
      resolve();
    }
  });
}
