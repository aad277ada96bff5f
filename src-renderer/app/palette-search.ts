import type { PaletteEntry, PaletteGroup } from './palette-entries.ts';

/** Of each group that many are shown until something is typed; the rest is found by typing. */
const fewAtFirst = 5;
const mostFound = 12;

/**
 * What is left of the groups for what was typed: each word has to be in an entry or in what kind of thing it is. Entries that
 * begin with it come first, and so do their groups. Few are shown, as each that is drawn makes a key slower.
 */
export function searchPalette(groups: readonly PaletteGroup[], typed: string): PaletteGroup[] {
  const words = plain(typed).split(/\s+/).filter(Boolean);
  if (words.length === 0) {
    // Pages and actions are what the palette is opened for: all of them.
    return groups
      .map((group, place) => ({ ...group, entries: place < 2 ? group.entries : group.entries.slice(0, fewAtFirst) }))
      .filter(({ entries }) => entries.length > 0);
  }
  const ranked = groups.map(({ title, entries }) => {
    const found = entries
      .map((entry) => ({ entry, rank: rankOf(entry, title, words) }))
      .filter(({ rank }) => rank < unfit)
      .toSorted((a, b) => a.rank - b.rank);
    return { title, rank: found[0]?.rank ?? unfit, entries: found.slice(0, mostFound).map(({ entry }) => entry) };
  });
  return ranked.filter(({ rank }) => rank < unfit).toSorted((a, b) => a.rank - b.rank);
}

const unfit = 3;

/** 0 where the text begins with what was typed, 1 where all words are in it, 2 where its kind has to help. */
function rankOf({ text, kind }: PaletteEntry, group: string, words: readonly string[]): number {
  const own = plain(text);
  if (own.startsWith(words.join(' '))) return 0;
  if (words.every((word) => own.includes(word))) return 1;
  // Of a kind only the beginning of its words: “set” does not mean every dataset.
  const kinds = ` ${plain(kind ?? '')} ${plain(group)}`;
  return words.every((word) => own.includes(word) || kinds.includes(` ${word}`)) ? 2 : unfit;
}

/** Korean typed in parts is the same as Korean typed whole. */
function plain(text: string): string {
  return text.normalize('NFC').toLowerCase();
}
