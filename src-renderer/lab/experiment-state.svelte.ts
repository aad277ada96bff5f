import { isActive } from '../../src-contract/active-job.ts';
import type { LabEvent, LabExperiment, LabView, ListedExperiment } from '../../src-contract/lab.ts';
import { client } from '../client.ts';
import { locale } from '../i18n/locale.svelte.ts';
import { OngoingWork } from '../ui/ongoing-work.svelte.ts';

type Progress = Extract<LabEvent, { kind: 'progress' }>;

/** A finished part brings a new picture, but not more often than this. */
const redrawMs = 1500;

/** One experiment: followed while it is in progress, and shown as it grows. */
export class ExperimentState {
  readonly id: string;
  experiment = $state.raw<LabExperiment | undefined>(undefined);
  view = $state.raw<LabView | undefined>(undefined);
  progress = $state.raw<Progress | undefined>(undefined);
  /** Other results of the same experiment, newest first. */
  others = $state.raw<readonly ListedExperiment[]>([]);
  layer = $state<number | undefined>(undefined);
  // It may start from the queue, or be resumed, stopped or deleted elsewhere.
  readonly #work = new OngoingWork({
    nouns: ['lab'],
    notFound: 'EXPERIMENT_NOT_FOUND',
    isKnown: () => this.experiment !== undefined,
    isGoing: () => this.isGoing,
    howFar: () => `${this.experiment?.state}`,
    read: () => this.#read(),
    watch: (signal) => this.#watch(signal),
    forget: () => {
      this.experiment = undefined;
      this.view = undefined;
    },
  });
  #drawnMs = 0;
  #learning = false;

  constructor(id: string) {
    this.id = id;
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

  get stopping(): boolean {
    return this.#work.stopping;
  }

  get isGoing(): boolean {
    return this.experiment !== undefined && isActive(this.experiment);
  }

  get canResume(): boolean {
    return ['stopped', 'interrupted', 'failed'].includes(this.experiment?.state ?? '');
  }

  async open(): Promise<void> {
    await this.#work.open();
  }

  async draw(): Promise<void> {
    const { id, layer } = this;
    this.#drawnMs = performance.now();
    this.view = await client.lab.view({ id, language: locale.current, ...(layer === undefined ? {} : { layer }) });
  }

  async chooseLayer(layer: number): Promise<void> {
    this.layer = layer;
    await this.draw().catch((error: unknown) => {
      this.error = error;
    });
  }

  async stop(): Promise<void> {
    await this.#work.stop(() => client.lab.stop({ id: this.id }));
  }

  async resume(): Promise<void> {
    this.error = undefined;
    await this.#work.resume(async () => {
      this.experiment = await client.lab.resume({ id: this.id });
    });
    if (this.isGoing) await this.#work.watch();
  }

  /** Returns a function that undoes the deletion. */
  async delete(): Promise<() => Promise<unknown>> {
    await this.#work.delete(() => client.lab.delete({ id: this.id }));
    return () => client.lab.restore({ id: this.id });
  }

  leave(): void {
    this.#work.leave();
  }

  async #read(): Promise<void> {
    const experiment = await client.lab.get({ id: this.id });
    this.experiment = experiment;
    const { kind } = experiment;
    const [others] = await Promise.all([client.lab.list(), this.draw()]);
    this.others = others.filter((other) => other.kind === kind && other.id !== this.id);
  }

  async #watch(signal: AbortSignal): Promise<void> {
    if (!this.isGoing) return;
    for await (const event of await client.lab.watch({ id: this.id }, { signal })) {
      if (event.kind === 'progress') this.#moved(event);
      else if (event.kind === 'finished') this.experiment = event.experiment;
      else if (event.kind === 'cell' && performance.now() - this.#drawnMs > redrawMs) await this.draw();
    }
    if (signal.aborted) return;
    this.progress = undefined;
    await this.#read();
  }

  /** Progress means that it has left the queue, even if that event was missed. */
  #moved(progress: Progress): void {
    this.progress = progress;
    if (this.experiment?.state !== 'queued' || this.#learning) return;
    this.#learning = true;
    const learnt = () => (this.#learning = false);
    void this.#work.catchUp().then(learnt, learnt);
  }
}
