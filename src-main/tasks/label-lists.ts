/** Between two of “#late #damaged” or “#late#damaged”, not within “Ranked #1”. */
const hashtag = /(?=\s{0,9}[#＃][^\s#＃])(?<=[#＃][^\s#＃]{1,60})\s{0,9}/u;

/** Where hashtags part labels, one also ends “none”, as a model may write it. */
const anyHashtag = /(?=\s{0,9}[#＃][^\s#＃])(?<=\S)\s{0,9}/u;

const slash = /\//u;

/** Any of these parts the labels of most lists; where nothing speaks for another, the first. */
const separators = [/,/u, /;/u, /\|/u, /\n/u, /、/u, /，/u, slash, hashtag];

/** These part labels, too, but are often within one: “Home & Garden”, “research and development”. */
const joining = [
  /&/u,
  /(?<=\s)\+(?=\s)/u,
  /[·・]/u,
  /(?<=^|\s)(?:and|und|et|y|e|en|och|og|i|и|및|그리고)(?=\s)/iu,
  /(?<=\p{Script=Hangul})[와과](?=\s)/u,
  /(?<=\p{Script=Han})[和与及](?=\p{Script=Han})/u,
];

/** Fewer are labels of which some have such a sign in them. */
const leastLists = 0.1;
/** As many rows as a label has at least, on average, alone or in lists. */
export const rowsOfLabel = 5;
/** In characters. */
export const longestLabel = 60;
/** More are hardly labels: a person could not look through them. */
export const mostLabels = 200;
/** In characters. Longer texts, and such of which half are as long as a sentence or two, are not looked through. */
const [longestList, longestUsual] = [2000, 200];
/** As many tell what parts all. */
const mostLookedThrough = 1000;
/** Where more name one twice, what they list has an order, as the steps of a game have. */
const mostRepeating = 0.05;
/** Of what a further sign parts, as much is a label without it. */
const leastKnown = 0.9;
/** Two words may be one label of two words that are labels, too: “north east”. */
const wordsOfList = 3;

/**
 * Of what parts any of these targets, what leaves the fewest different labels: of “refund, full; late” and “refund,
 * full” the semicolon, although more have a comma. With it what parts only labels that are known without: of “late,
 * damaged and refund” also the “and”, if others are “damaged” and “refund, late”. A comma if nothing parts any.
 */
export function separatorIn(all: readonly string[]): RegExp {
  const step = Math.ceil(all.length / mostLookedThrough);
  const targets = all.filter((_, place) => place % step === 0);
  const parted = separators.map((separator) => ({
    separator,
    lists: targets.map((target) => partsOf(target, separator)),
  }));
  const parting = parted.filter(({ lists }) => lists.some(({ length }) => length > 1));
  const counted = parting.map(({ separator, lists }) => ({ separator, labels: new Set(lists.flat()).size }));
  const [fewest = /,/u] = counted.toSorted((a, b) => a.labels - b.labels).map(({ separator }) => separator);
  const first = fewest === hashtag ? anyHashtag : fewest;
  const together = [...separators, ...joining].reduce((before, next) => {
    const both = new RegExp(`${before.source}|${next.source}`, 'iu');
    return partsOnlyKnown(targets, before, next) ? both : before;
  }, first);
  const words = /\s+/u;
  const hasOthers = targets.some((target) => partsOf(target, together).length > 1);
  const areWords = !hasOthers && targets.some((target) => partsOf(target, words).length >= wordsOfList);
  return areWords && partsOnlyKnown(targets, together, words) ? words : together;
}

/** Whether a further sign parts some labels, nearly all of them into such as also occur without it. */
function partsOnlyKnown(targets: readonly string[], before: RegExp, next: RegExp): boolean {
  const labels = targets.flatMap((target) => partsOf(target.toLowerCase(), before));
  const parts = labels.map((label) => partsOf(label, next));
  const known = new Set(parts.filter(({ length }) => length === 1).flat());
  const parted = parts.filter(({ length }) => length > 1).flat();
  return parted.length > 0 && parted.filter((part) => known.has(part)).length >= leastKnown * parted.length;
}

/** The labels of a list, in their order. */
export function partsOf(list: string, separator: RegExp): string[] {
  return list
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** What stands between the labels of a list, with the blanks around it. */
export function betweensOf(list: string, separator: RegExp): string[] {
  const between = new RegExp(`(?:\\s{0,9}(?:${separator.source})\\s{0,9})+`, 'giu');
  const text = list.trim();
  // What stands before the first or behind the last label parts it from nothing.
  return [...text.matchAll(between)]
    .filter(({ index, 0: { length } }) => index > 0 && index + length < text.length)
    .map(([signs]) => signs);
}

/**
 * What parts the labels of these targets, if they are lists of them: a few that occur again and again, alone and in
 * changing company. Undefined also where all have equally many, as the parts of a name or an address.
 */
export function listSeparator(targets: readonly string[]): RegExp | undefined {
  if (targets.some(({ length }) => length > longestList)) return undefined;
  if (targets.filter(({ length }) => length > longestUsual).length * 2 > targets.length) return undefined;
  const separator = separatorIn(targets);
  const lists = targets.map((target) => partsOf(target, separator));
  const different = new Set(lists.flat());
  const isOften = (count: number, share: number) => count > 0 && count >= share * targets.length;
  const areLists =
    isOften(lists.filter(({ length }) => length > 1).length, leastLists) &&
    new Set(lists.map(({ length }) => length)).size > 1 &&
    different.size * rowsOfLabel <= lists.flat().length &&
    // Of “['late', 'damaged']” and “late (a day, or two)” they would be halves.
    [...different].every(hasWholeBrackets) &&
    // “Yes, please” and “No, thanks” are two labels of four parts.
    different.size < new Set(targets).size &&
    [...different].every(({ length }) => length <= longestLabel) &&
    !isOften(lists.filter((list) => new Set(list).size < list.length).length, mostRepeating) &&
    !(separator.source.startsWith(slash.source) && areRatios(lists));
  return areLists ? separator : undefined;
}

/** What stands on either side of a slash in fractions and paths: numbers, and the same two in either order. */
function areRatios(lists: readonly (readonly string[])[]): boolean {
  const pairs = new Set(lists.flatMap((list) => list.slice(1).map((next, place) => `${list[place]}/${next}`)));
  const reversed = lists.some((list) => list.slice(1).some((next, place) => pairs.has(`${next}/${list[place]}`)));
  return reversed || lists.flat().every((part) => /^\p{N}+$/u.test(part));
}

function hasWholeBrackets(label: string): boolean {
  return (label.match(/[([{]/g)?.length ?? 0) === (label.match(/[)\]}]/g)?.length ?? 0);
}
