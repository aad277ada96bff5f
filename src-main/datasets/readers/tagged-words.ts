/** What the last column of a word says of it: it begins a name, goes on with or ends one, or is none. */
type Tag = { readonly kind: 'begin' | 'inside' | 'last' | 'only'; readonly label: string } | { readonly kind: 'out' };

/** A sentence whose words have a tag each, as CoNLL's shared tasks write them: one word a line, a blank line behind it. */
export interface TaggedSentence {
  readonly text: string;
  /** Each name in the text with its label, in order. */
  readonly names: readonly { readonly text: string; readonly label: string }[];
  /** Of its first word, from 1. */
  readonly line: number;
  /** Some line has no tag that can be read. */
  readonly isDamaged: boolean;
}

/**
 * Whether a text begins with such sentences: nearly all lines have the same number of columns and a tag in the last,
 * with names among them and blank lines between sentences. `head` may be cut off, and in Latin-1.
 */
export function areTaggedWords(head: string): boolean {
  const lines = head.split(/\r?\n/).slice(0, -1);
  const isBroken = lines.some((line, at) => at > 0 && isBlank(line) && isWord(lines[at - 1]) && isWord(lines[at + 1]));
  const words = lines.filter((line) => !isBlank(line) && !isNote(line)).map(columnsOf);
  const width = words[0]?.length ?? 0;
  if (!isBroken || words.length < fewestWords || width < 2) return false;
  const tags = words.map((columns) => (columns.length === width ? tagOf(columns.at(-1)) : undefined));
  const known = tags.filter((tag) => tag !== undefined);
  const names = known.filter(({ kind }) => kind !== 'out');
  // Without any of these, as in a column of “E-Mail” and “-”, or of “S-Bahn” and “U-Bahn”, no name has several words.
  const areNames = names.some(({ kind }) => kind === 'begin' || kind === 'inside');
  return known.length >= tags.length * mostlyTagged && areNames && names.length < known.length;
}

const fewestWords = 4;
const mostlyTagged = 0.95;

function isWord(line: string | undefined): boolean {
  return line !== undefined && !isBlank(line);
}

/** A line of a blank and its tag is a word, where each letter is one. */
function isBlank(line: string): boolean {
  return line.trim() === '';
}

/** Comments, and what parts documents. */
function isNote(line: string): boolean {
  return line.startsWith('-DOCSTART-') || (line.startsWith('#') && tagOf(columnsOf(line).at(-1)) === undefined);
}

function columnsOf(line: string): string[] {
  const written = line.trimEnd();
  return written.includes('\t') ? written.split('\t') : written.trim().split(/ +/);
}

/** `B-PER`, of IOB, BIOES, BILOU or BMES; or, as Korean sets have it, `PER_B`, with `-` for none. */
function tagOf(text = ''): Tag | undefined {
  if (text === 'O' || text === '-' || text === '_') return { kind: 'out' };
  const found = /^([BIESLUM])[-_]([^\t \d-][^\t ]{0,39})$/.exec(text) ?? /^([A-Z]{2,20})[-_]([BIESLUM])$/.exec(text);
  if (found === null) return undefined;
  const [, first = '', second = ''] = found;
  const [sign, label] = first.length === 1 ? [first, second] : [second, first];
  return { kind: kinds[sign] ?? 'inside', label };
}

const kinds: Readonly<Record<string, 'begin' | 'last' | 'only'>> = {
  B: 'begin',
  E: 'last',
  L: 'last',
  S: 'only',
  U: 'only',
};

/** Puts the words of each sentence together as they are usually written, and its names as they stand in that text. */
export class TaggedSentences {
  #line = 0;
  #words: { readonly columns: readonly string[]; readonly tag: Tag | undefined }[] = [];
  #first = 0;
  #width: number | undefined;

  /** The sentence that ends at this line. */
  read(line: string): TaggedSentence[] {
    this.#line++;
    if (isBlank(line)) return this.end();
    if (isNote(line)) return [];
    const columns = columnsOf(line);
    if (this.#words.length === 0) this.#first = this.#line;
    this.#width ??= columns.length;
    // Of a line that is cut off, the last column says something else.
    this.#words.push({ columns, tag: columns.length === this.#width ? tagOf(columns.at(-1)) : undefined });
    return [];
  }

  end(): TaggedSentence[] {
    const words = this.#words;
    this.#words = [];
    if (words.length === 0) return [];
    const tags = words.map(({ tag }) => tag);
    const { text, places } = joined(wordsOf(words.map(({ columns }) => columns)));
    const names = namesOf(tags).map(({ from, to, label }) => {
      return { text: text.slice(places[from]?.from, places[to]?.to), label };
    });
    return [{ text, names, line: this.#first, isDamaged: tags.includes(undefined) }];
  }
}

/** The first column, or the one behind numbers that count the words. */
function wordsOf(rows: readonly (readonly string[])[]): string[] {
  const areCounted = rows.every((columns, at) => columns.length > 2 && columns[0] === String(at + 1));
  return rows.map((columns) => columns[areCounted ? 1 : 0] ?? '');
}

function namesOf(tags: readonly (Tag | undefined)[]): { from: number; to: number; label: string }[] {
  const names: { from: number; to: number; label: string }[] = [];
  let open: { from: number; to: number; label: string } | undefined;
  for (const [at, tag] of tags.entries()) {
    if (tag === undefined || tag.kind === 'out') {
      open = undefined;
      continue;
    }
    // In the oldest form, only a name right behind another of its label has a tag for its beginning.
    const goesOn = open?.label === tag.label && (tag.kind === 'inside' || tag.kind === 'last');
    if (open && goesOn) open.to = at;
    else {
      open = { from: at, to: at, label: tag.label };
      names.push(open);
    }
    if (tag.kind === 'last' || tag.kind === 'only') open = undefined;
  }
  return names;
}

/** The words as one text, and where each is in it. */
function joined(words: readonly string[]): { text: string; places: { from: number; to: number }[] } {
  // Where each letter is a word, so are the blanks.
  const areLetters = words.some((word) => word.trim() === '');
  const parts: string[] = [];
  // Of the text so far: looking for them in it would take ever longer.
  let [length, last, quotes] = [0, '', 0];
  const places: { from: number; to: number }[] = [];
  for (const written of words) {
    const word = brackets[written] ?? written;
    const isClosing = word === '"' && quotes++ % 2 === 1;
    const isOpened = opening.test(last) || (last === '"' && quotes % 2 === 1 && word !== '"');
    const isApart = length > 0 && !areLetters && !isClosing && !isOpened && !follows.test(word);
    const gap = isApart && !(unparted.test(last) && unparted.test(word.slice(0, 1))) ? ' ' : '';
    parts.push(gap, word);
    const from = length + gap.length;
    length = from + word.length;
    last = word.slice(-1) || last;
    places.push({ from, to: length });
  }
  return { text: parts.join(''), places };
}

/** As the Penn Treebank writes them. */
const brackets: Readonly<Record<string, string>> = {
  ...{ '-LRB-': '(', '-RRB-': ')', '-LSB-': '[', '-RSB-': ']', '-LCB-': '{', '-RCB-': '}', '``': '"', "''": '"' },
};
const opening = /^[([{«“„¿¡$€£]$/;
const follows = /^(?:[.,;:!?%)\]}»”…、。，！？；：]|'(?:s|re|ve|ll|d|m|t)$|n't$)/i;
/** Scripts without blanks between words. */
const unparted = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}、。，！？；：「」『』（）]/u;
