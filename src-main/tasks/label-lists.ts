/** What may part the labels of a list; where nothing speaks for another, the first. */
const separators = [',', ';', '|', '\n', '、', '，', '/'] as const;

/** Fewer are labels of which some have such a sign in them. */
const leastLists = 0.1;
/** As often as one occurs at least, on average. */
const rowsOfLabel = 5;
/** In characters, as among labels that stand alone. */
const longestLabel = 60;
/** Where more name one twice, what they list has an order, as the steps of a game have. */
const mostRepeating = 0.05;

/**
 * Of what parts any of these targets, what leaves the fewest different labels: of “refund, full; late” and “refund,
 * full” the semicolon, although more have a comma. A comma if nothing parts any.
 */
export function separatorIn(targets: readonly string[]): string {
  const parted = separators.map((separator) => ({
    separator,
    lists: targets.map((target) => partsOf(target, separator)),
  }));
  const parting = parted.filter(({ lists }) => lists.some(({ length }) => length > 1));
  const counted = parting.map(({ separator, lists }) => ({ separator, labels: new Set(lists.flat()).size }));
  return counted.toSorted((a, b) => a.labels - b.labels)[0]?.separator ?? ',';
}

/** The labels of a list, in their order. */
export function partsOf(list: string, separator: string): string[] {
  return list
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/**
 * What parts the labels of these targets, if they are lists of them: a few that occur again and again, alone and in
 * changing company. Undefined also where all have equally many, as the parts of a name or an address.
 */
export function listSeparator(targets: readonly string[]): string | undefined {
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
    !isOften(lists.filter((list) => new Set(list).size < list.length).length, mostRepeating);
  return areLists ? separator : undefined;
}

function hasWholeBrackets(label: string): boolean {
  return (label.match(/[([{]/g)?.length ?? 0) === (label.match(/[)\]}]/g)?.length ?? 0);
}
