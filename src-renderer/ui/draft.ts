// What is typed in a dialog and not sent yet: it is there again when the page was loaded anew, and goes with its window.

/** What was typed under this key; undefined where nothing was, or it was sent. */
export function draftOf<Typed>(key: string): Typed | undefined {
  const kept = sessionStorage.getItem(keyOf(key));
  // Sound: nobody else writes under such a key, and whoever reads it has written it.
  return kept === null ? undefined : (JSON.parse(kept) as Typed);
}

export function keepDraft(key: string, typed: unknown): void {
  try {
    sessionStorage.setItem(keyOf(key), JSON.stringify(typed));
  } catch {
    // More than a browser keeps, some 5 MB: it lasts as long as the page.
    forgetDraft(key);
  }
}

export function forgetDraft(key: string): void {
  sessionStorage.removeItem(keyOf(key));
}

function keyOf(key: string): string {
  return `studio.draft.${key}`;
}
