// Unsent input of a dialog: it survives a reload and is gone with its window.

/** The input stored under this key; undefined if there is none, or it was sent. */
export function draftOf<Typed>(key: string): Typed | undefined {
  const kept = sessionStorage.getItem(keyOf(key));
  // Sound: nobody else writes under such a key, and its reader also wrote it.
  return kept === null ? undefined : (JSON.parse(kept) as Typed);
}

export function keepDraft(key: string, typed: unknown): void {
  try {
    sessionStorage.setItem(keyOf(key), JSON.stringify(typed));
  } catch {
    // More than a browser stores, about 5 MB: it lasts as long as the page.
    forgetDraft(key);
  }
}

export function forgetDraft(key: string): void {
  sessionStorage.removeItem(keyOf(key));
}

function keyOf(key: string): string {
  return `studio.draft.${key}`;
}
