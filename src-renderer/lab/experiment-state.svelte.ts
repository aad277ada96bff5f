import type { LabEvent, LabExperiment, LabView } from '../../src-contract/lab.ts';
import { client } from '../client.ts';
import { errorText } from '../i18n/error-text.ts';
import { locale } from '../i18n/locale.svelte.ts';
import { followChanges } from '../ui/changes.ts';

type Progress = Extract<LabEvent, { kind: 'progress' }>;

/** A finished part brings a new picture, but not more often than this. */
const redrawMs = 1500;

/** One experiment: followed while it goes on, and shown as it grows. */
export class ExperimentState {
  readonly id: string;
  experiment = $state.raw<LabExperiment | undefined>(undefined);
  view = $state.raw<LabView | undefined>(undefined);
  progress = $state.raw<Progress | undefined>(undefined);
  error = $state.raw<unknown>(undefined);
  /** Other results of the same experiment, newest first. */
  others = $state.raw<readonly LabExperiment[]>([]);
  stopping = $state(false);
  layer = $state<number | undefined>(undefined);
  readonly #leaving = new AbortController();
  #drawnMs = 0;
  #following = false;
  #learning = false;
  #deleting = false;
  /** Whether it goes on and could not be followed. */
  #isLost = false;

  constructor(id: string) {
    this.id = id;
    // Its turn comes, or it is let go on, stopped or deleted from elsewhere.
    void followChanges(['lab'], () => void this.#catchUp(), this.#leaving.signal);
    void this.open();
  }

  get isGoing(): boolean {
    return this.experiment?.state === 'running' || this.experiment?.state === 'queued';
  }

  get canResume(): boolean {
    return ['stopped', 'interrupted', 'failed'].includes(this.experiment?.state ?? '');
  }

  get language(): 'en' | 'ko' {
    return locale.current === 'ko' ? 'ko' : 'en';
  }

  async open(): Promise<void> {
    this.#isLost = false;
    try {
      this.experiment = await client.lab.get({ id: this.id });
      await this.draw();
      this.error = undefined;
      const { kind } = this.experiment;
      this.others = (await client.lab.list()).filter((other) => other.kind === kind && other.id !== this.id);
      if (this.isGoing) await this.#follow();
    } catch (error) {
      this.#failed(error);
    }
  }

  async draw(): Promise<void> {
    const { id, language, layer } = this;
    this.#drawnMs = performance.now();
    this.view = await client.lab.view({ id, language, ...(layer === undefined ? {} : { layer }) });
  }

  async chooseLayer(layer: number): Promise<void> {
    this.layer = layer;
    await this.draw().catch((error: unknown) => {
      this.error = error;
    });
  }

  async stop(): Promise<void> {
    this.stopping = true;
    try {
      await client.lab.stop({ id: this.id });
    } catch (error) {
      this.error = error;
    } finally {
      this.stopping = false;
    }
  }

  async resume(): Promise<void> {
    this.error = undefined;
    try {
      this.experiment = await client.lab.resume({ id: this.id });
      await this.#follow();
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Gives what takes the deletion back. */
  async delete(): Promise<() => Promise<unknown>> {
    this.#deleting = true;
    try {
      await client.lab.delete({ id: this.id });
    } catch (error) {
      this.#deleting = false;
      throw error;
    }
    return () => client.lab.restore({ id: this.id });
  }

  leave(): void {
    this.#leaving.abort();
  }

  /** Takes in what was done to it from elsewhere. One that this page itself deletes is left as it is until the page is. */
  async #catchUp(): Promise<void> {
    if (this.#deleting) return;
    // One that was deleted may be back, and what kept one from being followed may have gone.
    if (this.experiment === undefined || this.#isLost) return await this.open();
    try {
      this.experiment = await client.lab.get({ id: this.id });
    } catch (error) {
      if (errorText(error).code !== 'EXPERIMENT_NOT_FOUND') return;
      this.experiment = undefined;
      this.view = undefined;
      this.error = error;
    }
    if (this.isGoing) await this.#follow().catch((error: unknown) => this.#failed(error));
  }

  /** What keeps an experiment that goes on from being followed is told, and tried again when something has changed. */
  #failed(error: unknown): void {
    if (this.#leaving.signal.aborted) return;
    this.error = error;
    this.#isLost = this.isGoing;
  }

  async #follow(): Promise<void> {
    if (this.#following) return;
    this.#following = true;
    try {
      for await (const event of await client.lab.watch({ id: this.id }, { signal: this.#leaving.signal })) {
        if (event.kind === 'progress') this.#moved(event);
        else if (event.kind === 'finished') this.experiment = event.experiment;
        else if (event.kind === 'cell' && performance.now() - this.#drawnMs > redrawMs) await this.draw();
      }
    } finally {
      this.#following = false;
    }
    if (this.#leaving.signal.aborted) return;
    this.experiment = await client.lab.get({ id: this.id });
    this.progress = undefined;
    await this.draw();
  }

  /** What moves on has had its turn, also where that was not heard of. */
  #moved(progress: Progress): void {
    this.progress = progress;
    if (this.experiment?.state !== 'queued' || this.#learning) return;
    this.#learning = true;
    const learnt = () => (this.#learning = false);
    void this.#catchUp().then(learnt, learnt);
  }
}
