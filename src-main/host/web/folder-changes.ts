import { setTimeout as sleep } from 'node:timers/promises';
import { StudioError } from '../../../src-contract/errors.ts';
import type { FolderHost } from '../../app.ts';

type Target = Parameters<FolderHost['change']>[0];

/**
 * Runs data folder changes one at a time: two at once would close the same studio twice, and never close one of the two
 * that they open.
 */
export class FolderChanges {
  readonly #change: (to: Target) => Promise<void>;
  readonly #failed: (error: unknown) => void;
  #going: Promise<void> | undefined;
  #isClosed = false;

  /** `failed` is called after a change that may have left no studio. */
  constructor(change: (to: Target) => Promise<void>, failed: (error: unknown) => void) {
    this.#change = change;
    this.#failed = failed;
  }

  /** Throws STUDIO_BUSY while another change is in progress. */
  begin(to: Target): void {
    if (this.#going !== undefined || this.#isClosed) throw new StudioError('STUDIO_BUSY', {});
    this.#going = this.#do(to);
  }

  /** Prevents further changes and waits for the one in progress. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#going;
  }

  async #do(to: Target): Promise<void> {
    try {
      // Let the response reach the page first.
      await sleep(50);
      await this.#change(to);
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#going = undefined;
    }
  }
}
