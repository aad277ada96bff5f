// What was deleted a moment ago, kept by the browser: after a reload, or in the next window, it can still be restored.
import type { Deletion } from '../../src-contract/restore-deleted.ts';

/** A deletion that this browser has kept: what was said about it, and when, in milliseconds. */
export interface KeptDeletion extends Deletion {
  readonly text: string;
  readonly at: number;
}

export function keptDeletions(): readonly KeptDeletion[] {
  try {
    // Sound: nobody else writes under this key.
    return JSON.parse(localStorage.getItem(key) ?? '[]') as KeptDeletion[];
  } catch {
    // A browser that stores nothing has kept none.
    return [];
  }
}

export function keepDeletion(deletion: KeptDeletion): void {
  write([...keptDeletions(), deletion]);
}

export function forgetDeletion({ id }: Deletion): void {
  write(keptDeletions().filter((each) => each.id !== id));
}

function write(deletions: readonly KeptDeletion[]): void {
  try {
    localStorage.setItem(key, JSON.stringify(deletions));
  } catch {
    // A browser that stores nothing: they last as long as the page.
  }
}

const key = 'studio.deleted';
