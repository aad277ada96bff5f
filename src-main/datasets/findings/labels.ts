import { betweensOf, listSeparator, longestLabel, mostLabels, partsOf, rowsOfLabel } from '../../tasks/label-lists.ts';
import { mostLookedAt } from '../../tasks/usual-measure.ts';
import { type CheckedRow, type Detector, type FlaggedRow, flag } from './detector.ts';
import { plainText } from './plain-text.ts';

/**
 * Labels that are written like a more frequent one but for case, blanks or a final full stop, or for one wrong letter.
 * Silent unless the targets are labels: short ones, of which a few occur again and again, alone or in lists.
 */
export class LabelSpellings implements Detector {
  /** Until they show whether targets are lists. */
  #first: Labelled[] | undefined = [];
  /** What parts the labels of a list. */
  #separator: RegExp | undefined;
  #labels: Map<string, Label[]> | undefined = new Map();
  #seen = 0;

  take({ number, position, target }: CheckedRow): FlaggedRow[] {
    // Of the first rows nothing else is kept: contexts may be long.
    const row = { number, position, target };
    if (this.#first === undefined) this.#count(row);
    else if (this.#first.push(row) === mostLookedAt) this.#decide(this.#first);
    return [];
  }

  #decide(first: readonly Labelled[]): void {
    this.#separator = listSeparator(first.map(({ target }) => target));
    this.#first = undefined;
    for (const row of first) this.#count(row);
  }

  #count({ number, position, target }: Labelled): void {
    const labels = this.#separator === undefined ? [target] : new Set(partsOf(target, this.#separator));
    for (const label of labels) {
      if (this.#labels === undefined) return;
      this.#seen++;
      const rows = this.#labels.get(label);
      if (rows) rows.push({ number, position });
      else this.#labels.set(label, [{ number, position }]);
      // Texts are no labels, and most tables have texts: nothing more of them is kept.
      if (label.length > longestLabel || this.#labels.size > mostLabels) this.#labels = undefined;
    }
  }

  *finish(): Generator<FlaggedRow> {
    if (this.#first !== undefined) this.#decide(this.#first);
    const labels = this.#labels ?? new Map<string, Label[]>();
    if (labels.size * rowsOfLabel > this.#seen) return;
    const byFrequency = [...labels].toSorted(([, a], [, b]) => b.length - a.length);
    const usual: { label: string; rows: Label[] }[] = [];
    for (const [label, rows] of byFrequency) {
      const meant = usual.find(
        (other) =>
          isSame(label, other.label) || (rows.length * rarely <= other.rows.length && isSlip(label, other.label)),
      );
      if (meant === undefined) usual.push({ label, rows });
      // A list may have both.
      else
        for (const row of rows) {
          const other = meant.rows.find(({ position }) => position !== row.position);
          yield flag('LABEL_SPELLING', row, `${label} → ${meant.label}`, other?.position);
        }
    }
  }
}

/**
 * A target with its label written as in another row: the whole target, or in a list those of its labels that the other
 * row has too, each once. `separator`: what parts the labels of the dataset's targets.
 */
export function spelledLike(target: string, like: string, separator: RegExp): string {
  if (isMeant(target, like)) return like;
  const usual = partsOf(like, separator);
  const labels = partsOf(target, separator).map(
    (label) => usual.find((other) => other === label) ?? usual.find((other) => isMeant(label, other)) ?? label,
  );
  const betweens = ['', ...betweensOf(target, separator)];
  return labels.map((label, place) => (labels.indexOf(label) < place ? '' : betweens[place] + label)).join('');
}

function isMeant(label: string, usual: string): boolean {
  return isSame(label, usual) || isSlip(label, usual);
}

type Label = Pick<CheckedRow, 'number' | 'position'>;
type Labelled = Label & Pick<CheckedRow, 'target'>;

/** A wrong letter is rare; two labels that are alike by chance are about as frequent as any others. */
const rarely = 10;

/** Single letters may well differ by case. */
function isSame(one: string, other: string): boolean {
  const [a, b] = [plainText(one), plainText(other)];
  return a === b && (a.length > 1 || one.trim() === other.trim());
}

/**
 * One letter of one long word is missing, too many, another one, or swapped with its neighbour, but not the first:
 * `typical` and `atypical` differ in meaning. Latin letters only: a syllable or a character says more than a letter.
 */
function isSlip(label: string, usual: string): boolean {
  const [words, usualWords] = [plainText(label).split(' '), plainText(usual).split(' ')];
  if (words.length !== usualWords.length) return false;
  const differing = words.flatMap((word, place) =>
    word === usualWords[place] ? [] : [[word, usualWords[place] ?? '']],
  );
  const [[one = '', other = ''] = []] = differing;
  const areWords = [one, other].every((word) => /^[a-z]{5,}$/.test(word));
  return differing.length === 1 && areWords && one[0] === other[0] && differsByOne(one, other);
}

function differsByOne(one: string, other: string): boolean {
  let start = 0;
  while (start < one.length && one[start] === other[start]) start++;
  const [a, b] = [one.slice(start), other.slice(start)];
  const isSwapped = a.length > 1 && a[0] === b[1] && a[1] === b[0] && a.slice(2) === b.slice(2);
  return a.slice(1) === b || a === b.slice(1) || a.slice(1) === b.slice(1) || isSwapped;
}
