import type { BaseModel } from '../../src-contract/base-model.ts';
import { client } from '../client.ts';
import { uploadFile } from '../ui/upload-file.ts';

export type AddStage =
  | { readonly kind: 'choosing' }
  | { readonly kind: 'sending'; readonly name: string; readonly bytes: number; readonly bytesTotal: number }
  | { readonly kind: 'checking'; readonly name: string };

/** Brings a model of the person's own onto the shelf: a GGUF file sent by the page, or a place chosen in the system's dialog. */
export class AddModelState {
  stage = $state.raw<AddStage>({ kind: 'choosing' });
  error = $state.raw<unknown>(undefined);
  #leaving: AbortController | undefined;
  readonly #added: (model: BaseModel) => void;

  constructor(added: (model: BaseModel) => void) {
    this.#added = added;
  }

  async send(file: File): Promise<void> {
    const { signal } = this.#begin();
    await this.#do(signal, async () => {
      this.stage = { kind: 'sending', name: file.name, bytes: 0, bytesTotal: file.size };
      const sending = uploadFile(file, signal);
      let step = await sending.next();
      for (; !step.done; step = await sending.next()) {
        this.stage = { kind: 'sending', name: file.name, bytes: step.value, bytesTotal: file.size };
      }
      this.stage = { kind: 'checking', name: file.name };
      return client.baseModels.import({ fileId: step.value }, { signal });
    });
  }

  async choose(what: 'folder' | 'file'): Promise<void> {
    const { signal } = this.#begin();
    await this.#do(signal, () => client.baseModels.importChosen({ what }, { signal }));
  }

  cancel(): void {
    this.#leaving?.abort();
    this.stage = { kind: 'choosing' };
    this.error = undefined;
  }

  #begin(): AbortController {
    this.cancel();
    this.#leaving = new AbortController();
    return this.#leaving;
  }

  async #do(signal: AbortSignal, work: () => Promise<BaseModel | null>): Promise<void> {
    try {
      const model = await work();
      if (model !== null && !signal.aborted) this.#added(model);
    } catch (error) {
      if (!signal.aborted) this.error = error;
    }
    if (!signal.aborted) this.stage = { kind: 'choosing' };
  }
}
