import { getContext, setContext } from 'svelte';
import { type Deletion, restoreDeleted } from '../../src-contract/restore-deleted.ts';
import { client } from '../client.ts';
import { forgetDeletion, keepDeletion, keptDeletions } from './deletions.ts';

export interface Toast {
  readonly id: number;
  readonly text: string;
  /** A failure, shown with its code and remedy. */
  readonly error?: unknown;
  readonly undo?: () => void | Promise<void>;
  /** What the undo restores, if it was deleted. */
  readonly deletion?: Deletion;
  /** Somewhere to go from here. */
  readonly link?: { readonly text: string; readonly href: string };
  readonly endsAt: number;
}

/** How long a removal can be undone. */
const undoMs = 10_000;
const plainMs = 5_000;
/** How much longer while a person is at it; after that the studio frees the storage (src-main/app/after-undo.ts). */
const longestHeldMs = 40_000;
/** How often to check whether a person is still at one. */
const heldMs = 1_000;

/** The most shown at once. */
const mostShown = 3;

/** Short notices at the foot of the window. A removal can be undone for ten seconds. */
export class Toasts {
  /** An undo stays available for its whole time, however many notices follow. */
  #standing = $state.raw<readonly Toast[]>([]);
  #next = 1;
  /** While a person is at one of them, none goes away, except an undo whose extended time is over. */
  held = false;

  get shown(): readonly Toast[] {
    return this.#standing.slice(-mostShown);
  }

  /** The same notice said again replaces the one that stands: two of the same words would read as two things done. */
  say(text: string): void {
    this.#standing = this.#standing.filter((toast) => toast.undo !== undefined || toast.text !== text);
    this.#show({ text }, plainMs);
  }

  /** A notice with a link; it stays as long as an undo. */
  offer(text: string, link: NonNullable<Toast['link']>): void {
    this.#show({ text, link }, undoMs);
  }

  /** Says that something was done, and offers to undo it for ten seconds. */
  done(text: string, undo: () => void | Promise<void>): void {
    this.#show({ text, undo }, undoMs);
  }

  /** Like `done`, for what was deleted: after a reload it can still be undone. */
  deleted(text: string, deletion: Deletion, undo: () => void | Promise<void>): void {
    keepDeletion({ ...deletion, text, at: Date.now() });
    this.#show({ text, undo, deletion }, undoMs);
  }

  /** Offers again to undo what was deleted just before the page was loaded. */
  offerKept(): void {
    for (const { text, at, ...deletion } of keptDeletions()) {
      const left = at + undoMs + longestHeldMs - Date.now();
      if (left <= 0 || at > Date.now()) forgetDeletion(deletion);
      else this.#show({ text, undo: () => restoreDeleted(client, deletion), deletion }, Math.min(undoMs, left), left);
    }
  }

  /** It was restored, or deleted for good, elsewhere: there is nothing to undo any more. */
  settled(deletion: Deletion): void {
    forgetDeletion(deletion);
    this.#standing = this.#standing.filter((toast) => toast.deletion?.id !== deletion.id);
  }

  failed(error: unknown): void {
    this.#show({ text: '', error }, undoMs);
  }

  /** The page is open that a notice leads to, by whatever way: there it only covers what it speaks of. */
  arrived(href: string): void {
    for (const { id, link } of this.#standing) if (link?.href === href) this.dismiss(id);
  }

  dismiss(id: number): void {
    const toast = this.#standing.find((toast) => toast.id === id);
    if (toast === undefined) return;
    // An element removed under the pointer or focus fires no leave event.
    this.held = false;
    if (toast.deletion !== undefined) forgetDeletion(toast.deletion);
    this.#standing = this.#standing.filter((toast) => toast.id !== id);
  }

  /** Undoes the last action if it still can be; returns whether it did. */
  undoLast(): boolean {
    const last = this.#standing.findLast(({ undo }) => undo !== undefined);
    if (last !== undefined) void this.undo(last);
    return last !== undefined;
  }

  async undo(toast: Toast): Promise<void> {
    this.dismiss(toast.id);
    await this.attempt(async () => toast.undo?.());
  }

  /** Does something, and says so if it fails. */
  async attempt(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.failed(error);
    }
  }

  #show(toast: Omit<Toast, 'id' | 'endsAt'>, ms: number, mostMs = ms + longestHeldMs): void {
    const id = this.#next++;
    const shownAt = Date.now();
    const endsAt = shownAt + ms;
    this.#standing = [...this.#standing, { ...toast, id, endsAt }];
    const end = (): void => {
      const mayBeHeld = toast.undo === undefined || Date.now() < shownAt + mostMs;
      if (this.held && mayBeHeld) setTimeout(end, heldMs);
      else this.dismiss(id);
    };
    setTimeout(end, ms);
  }
}

const key = Symbol('toasts');

/** Called once, by the shell. */
export function provideToasts(): Toasts {
  return setContext(key, new Toasts());
}

/** The window's toasts; call it during component initialisation. */
export function useToasts(): Toasts {
  return getContext<Toasts>(key);
}
