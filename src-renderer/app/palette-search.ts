import type { PaletteEntry, PaletteGroup } from './palette-entries.ts';

/** Entries shown per group until something is typed; the rest is found by typing. */
const fewAtFirst = 5;
const mostFound = 12;

/**
 * Filters the groups by what was typed: each word must occur in an entry or in its kind. Entries that begin with it
 * come first, and so do their groups. Few are shown, because each one drawn slows down typing.
 */
export function searchPalette(groups: readonly PaletteGroup[], typed: string): PaletteGroup[] {
  const words = plain(typed).split(/\s+/).filter(Boolean);
  if (words.length === 0) {
    // The palette is opened for pages and actions: show them all.
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

/** 0 if the text begins with what was typed, 1 if it contains all words, 2 if its kind has to help. */
function rankOf({ text, kind }: PaletteEntry, group: string, words: readonly string[]): number {
  const own = plain(text);
  if (own.startsWith(words.join(' '))) return 0;
  if (words.every((word) => own.includes(word))) return 1;
  // A kind matches only at the beginning of its words: “set” does not mean every dataset.
  const kinds = ` ${plain(kind ?? '')} ${plain(group)}`;
  return words.every((word) => own.includes(word) || kinds.includes(` ${word}`)) ? 2 : unfit;
}

/** Decomposed Korean matches composed Korean. */
function plain(text: string): string {
  return text.normalize('NFC').toLowerCase();
}
