import { getContext, setContext } from 'svelte';

export interface Toast {
  readonly id: number;
  readonly text: string;
  /** Something that failed, shown with its code and remedy. */
  readonly error?: unknown;
  readonly undo?: () => void | Promise<void>;
  /** Somewhere to go from here. */
  readonly link?: { readonly text: string; readonly href: string };
  readonly endsAt: number;
}

/** How long something removed can be had back. */
const undoMs = 10_000;
const plainMs = 5_000;
/** How much longer while a person is at it: then the studio gives its room back (src-main/after-undo.ts). */
const longestHeldMs = 40_000;
/** How often it is looked whether a person is still at one. */
const heldMs = 1_000;

/** As many are seen at once. */
const mostShown = 3;

/** Short notices at the foot of the window. Something removed can be had back for ten seconds. */
export class Toasts {
  /** What was removed can be had back for its whole time, however much has been said since. */
  #standing = $state.raw<readonly Toast[]>([]);
  #next = 1;
  /** While a person is at one of them, none goes away, but in the end what can no longer be undone. */
  held = false;

  get shown(): readonly Toast[] {
    return this.#standing.slice(-mostShown);
  }

  say(text: string): void {
    this.#show({ text }, plainMs);
  }

  /** Says something that leads somewhere; it stays as long as an undo. */
  offer(text: string, link: NonNullable<Toast['link']>): void {
    this.#show({ text, link }, undoMs);
  }

  /** Says that something was done, and offers to undo it for ten seconds. */
  done(text: string, undo: () => void | Promise<void>): void {
    this.#show({ text, undo }, undoMs);
  }

  failed(error: unknown): void {
    this.#show({ text: '', error }, undoMs);
  }

  dismiss(id: number): void {
    // What goes away under a hand or the keyboard tells nobody that these have left it.
    this.held = false;
    this.#standing = this.#standing.filter((toast) => toast.id !== id);
  }

  /** Undoes what was done last, if it still can be; tells whether it was. */
  undoLast(): boolean {
    const last = this.#standing.findLast(({ undo }) => undo !== undefined);
    if (last !== undefined) void this.undo(last);
    return last !== undefined;
  }

  async undo(toast: Toast): Promise<void> {
    this.dismiss(toast.id);
    try {
      await toast.undo?.();
    } catch (error) {
      this.failed(error);
    }
  }

  #show(toast: Pick<Toast, 'text' | 'error' | 'undo' | 'link'>, ms: number): void {
    const id = this.#next++;
    const endsAt = Date.now() + ms;
    this.#standing = [...this.#standing, { ...toast, id, endsAt }];
    const end = (): void => {
      const mayBeHeld = toast.undo === undefined || Date.now() < endsAt + longestHeldMs;
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

/** The window's toasts; call it while a component is being made. */
export function useToasts(): Toasts {
  return getContext<Toasts>(key);
}
