import { setTimeout as sleep } from 'node:timers/promises';
import { StudioError } from '../../../src-contract/errors.ts';
import type { FolderHost } from '../../app.ts';

type Target = Parameters<FolderHost['change']>[0];

/** Changes of the data folder, one at a time: two would close one studio twice, and leave one of two that they open without an end. */
export class FolderChanges {
  readonly #change: (to: Target) => Promise<void>;
  readonly #failed: (error: unknown) => void;
  #going: Promise<void> | undefined;
  #isClosed = false;

  /** `failed` is told of a change after which there may be no studio. */
  constructor(change: (to: Target) => Promise<void>, failed: (error: unknown) => void) {
    this.#change = change;
    this.#failed = failed;
  }

  /** Throws STUDIO_BUSY while another goes on. */
  begin(to: Target): void {
    if (this.#going !== undefined || this.#isClosed) throw new StudioError('STUDIO_BUSY', {});
    this.#going = this.#do(to);
  }

  /** Lets no other begin, and waits for the one that goes on. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#going;
  }

  async #do(to: Target): Promise<void> {
    try {
      // The page's question is answered first.
      await sleep(50);
      await this.#change(to);
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#going = undefined;
    }
  }
}
