import type { BaseModel } from '../../src-contract/base-model.ts';
import { StudioError } from '../../src-contract/errors.ts';
import { because } from '../../src-contract/failure-reason.ts';
import { modelFileNameSchema } from '../../src-contract/model-folder.ts';
import { client } from '../client.ts';
import { type FolderOfFiles, filesDirectlyIn } from '../ui/dropped-folder.ts';
import { uploadFile } from '../ui/upload-file.ts';
import { modelFilesOf } from './model-files.ts';

export type AddStage =
  | { readonly kind: 'choosing' }
  | { readonly kind: 'sending'; readonly name: string; readonly bytes: number; readonly bytesTotal: number }
  | { readonly kind: 'checking'; readonly name: string };

/**
 * Adds the person's own model to the shelf: a GGUF file or folder sent by the page, or a path chosen in the system's
 * dialog. If it is cancelled, what was sent is discarded.
 */
export class AddModelState {
  stage = $state.raw<AddStage>({ kind: 'choosing' });
  error = $state.raw<unknown>(undefined);
  /** What a folder lacks to be a model. */
  missing = $state.raw<readonly string[]>([]);
  #leaving: AbortController | undefined;
  readonly #added: (model: BaseModel) => void;

  constructor(added: (model: BaseModel) => void) {
    this.#added = added;
  }

  async send(file: File): Promise<void> {
    const isNamed = modelFileNameSchema.safeParse(file.name).success;
    // A file of a model's folder is no model by itself: that is told before it is copied.
    if (isNamed && !file.name.endsWith('.gguf'))
      return this.sendFolder({ name: file.name, files: [{ path: file.name, file }] });
    const { signal } = this.#begin();
    const title = file.name.replace(/\.gguf$/i, '');
    // Under its own name if that is valid, so that errors name the chosen file.
    const name = isNamed ? file.name : 'model.gguf';
    await this.#do(signal, () => this.#send(title, [{ file, name }], signal));
  }

  async sendFolder(folder: FolderOfFiles): Promise<void> {
    const { signal } = this.#begin();
    const { files, missing, other } = await modelFilesOf(filesDirectlyIn(folder));
    if (signal.aborted) return;
    this.missing = missing;
    if (other !== undefined)
      this.error = new StudioError('MODEL_UNSUPPORTED', { file: folder.name, ...because(other) });
    if (other !== undefined) return;
    if (missing.length > 0) return;
    const named = files.map((file) => ({ file, name: file.name }));
    await this.#do(signal, () => this.#send(folder.name, named, signal));
  }

  async choose(what: 'folder' | 'file'): Promise<void> {
    const { signal } = this.#begin();
    await this.#do(signal, () => client.baseModels.importChosen({ what }, { signal }));
  }

  cancel(): void {
    this.#leaving?.abort();
    this.stage = { kind: 'choosing' };
    this.error = undefined;
    this.missing = [];
  }

  async #send(title: string, files: readonly { file: File; name: string }[], signal: AbortSignal): Promise<BaseModel> {
    const bytesTotal = files.reduce((sum, { file }) => sum + file.size, 0);
    const sent: { fileId: string; name: string }[] = [];
    try {
      let before = 0;
      this.stage = { kind: 'sending', name: title, bytes: 0, bytesTotal };
      for (const { file, name } of files) {
        const fileId = await uploadFile(file, signal, (bytes) => {
          this.stage = { kind: 'sending', name: title, bytes: before + bytes, bytesTotal };
        });
        before += file.size;
        sent.push({ fileId, name });
      }
      this.stage = { kind: 'checking', name: title };
      return await client.baseModels.import({ files: sent, title }, { signal });
    } catch (error) {
      // The import discards the files it was given; those that never reached it are discarded here.
      for (const { fileId } of sent) void client.files.discard({ fileId }).catch(() => {});
      throw error;
    }
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
