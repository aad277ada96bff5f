import { fieldsOf, joinedLines, namedTexts } from '../../../src-contract/column-groups.ts';
import type { Split } from '../../../src-contract/dataset.ts';
import type { PlacedPiece } from '../readers/csv-places.ts';
import type { RowBatch } from '../rows/row-block.ts';
import type { RowSplits } from '../splits/row-splits.ts';
import { splitNamed } from '../splits/split.ts';
import { type ResolvedMapping, sourceIdPlace, targetFieldOf, usedContextFields } from './column-mapping.ts';
import { reasonPlace, tellsLeftOut } from './left-out-rows.ts';

/**
 * Copies rows that are simply complete from bytes to bytes, without decoding them. Every other row is refused, even if
 * it only looks as if there might be something to report, and left to `rowMapper`. Repeated headers have already been
 * handled by `orderedTable`.
 */
export class PlainRows {
  readonly #width: number;
  readonly #quote: number;
  /** The columns that must not be empty. */
  readonly #needed: readonly number[];
  /** The parts of the context: text in between, and columns. */
  readonly #parts: readonly (Buffer | number)[];
  readonly #targetPlace: number;
  readonly #groupPlace: number;
  readonly #databasePlace: number;
  readonly #idPlace: number;
  readonly #splitPlace: number;
  /** The columns that are trimmed. */
  readonly #bare: readonly number[];
  /** The column that may say why a row was left out before. */
  readonly #toldPlace: number | undefined;
  #group = '';
  #groupBytes = Buffer.alloc(0);

  /** Undefined for a mapping whose context is not a plain sequence of texts, or whose target is not one text. */
  static of(mapping: ResolvedMapping, quote: string): PlainRows | undefined {
    const parts = contextParts(mapping);
    return parts && new PlainRows(mapping, parts, quote);
  }

  private constructor(mapping: ResolvedMapping, parts: readonly (Buffer | number)[], quote: string) {
    const { places, columns } = mapping;
    const placeOf = (field: string) => places.get(field) ?? -1;
    this.#width = columns.length;
    this.#quote = quote === '' ? -1 : quote.charCodeAt(0);
    this.#parts = parts;
    this.#targetPlace = placeOf(targetFieldOf(mapping));
    this.#needed = [...parts.filter((part) => typeof part === 'number'), this.#targetPlace];
    this.#groupPlace = placeOf('group');
    this.#databasePlace = placeOf('database');
    this.#splitPlace = placeOf('split');
    this.#idPlace = sourceIdPlace(mapping);
    this.#bare = [this.#groupPlace, this.#databasePlace, this.#idPlace, this.#splitPlace].filter((place) => place >= 0);
    this.#toldPlace = reasonPlace(columns);
  }

  /** Adds a row to the batch and returns its split; undefined if it must be judged. */
  take(piece: PlacedPiece, record: number, into: RowBatch, splits: RowSplits): Split | undefined {
    const { bytes, places, mayBeInPieces } = piece;
    if (mayBeInPieces) return undefined;
    const first = places.firstCells[record] ?? 0;
    const { starts, ends, doubled } = places;
    if ((places.firstCells[record + 1] ?? 0) - first !== this.#width || places.afterBlank[record] === 1)
      return undefined;
    for (const place of this.#needed) {
      const [start, end] = [starts[first + place] ?? 0, ends[first + place] ?? 0];
      if (end - start > longestPlain || !isPlain(bytes, start, end)) return undefined;
    }
    for (const place of this.#bare) {
      if (doubled[first + place] === 1) return undefined;
      if (!isTrimmed(bytes, starts[first + place] ?? 0, ends[first + place] ?? 0)) return undefined;
    }
    if (this.#toldPlace !== undefined) {
      const cell = first + this.#toldPlace;
      if (tellsLeftOut(bytes.toString('utf8', starts[cell], ends[cell]))) return undefined;
    }
    let own: Split | undefined;
    if (this.#splitPlace >= 0) {
      const cell = first + this.#splitPlace;
      own = splitNamed(bytes.toString('utf8', starts[cell], ends[cell]));
      if (own === undefined) return undefined;
    }
    into.begin(places.lines[record] ?? 0);
    const put = (place: number) => {
      const [start, end] = [starts[first + place] ?? 0, ends[first + place] ?? 0];
      if (doubled[first + place] === 1) this.#putUndoubled(into, bytes, start, end);
      else into.putBytes(bytes, start, end);
    };
    for (const part of this.#parts) {
      if (typeof part === 'number') put(part);
      else into.putBytes(part, 0, part.length);
    }
    into.endText();
    let split = own;
    if (split !== undefined) splits.passOver();
    else {
      const group = this.#groupPlace < 0 ? null : this.#groupOf(bytes, starts, ends, first);
      split = splits.next({ group, context: () => into.lastContext });
    }
    put(this.#targetPlace);
    into.endText();
    if (this.#groupPlace >= 0) put(this.#groupPlace);
    into.endText();
    if (this.#databasePlace >= 0) put(this.#databasePlace);
    into.endText();
    if (this.#idPlace < 0) into.end(undefined, 0, 0);
    else into.end(bytes, starts[first + this.#idPlace] ?? 0, ends[first + this.#idPlace] ?? 0);
    return split;
  }

  /** Rows of a group are mostly adjacent, so its name is rarely decoded again. */
  #groupOf(bytes: Buffer, starts: Uint32Array, ends: Uint32Array, first: number): string | null {
    const [start, end] = [starts[first + this.#groupPlace] ?? 0, ends[first + this.#groupPlace] ?? 0];
    if (start === end) return null;
    const known = this.#groupBytes;
    let isSame = known.length === end - start;
    for (let place = 0; isSame && place < known.length; place++) isSame = known[place] === bytes[start + place];
    if (isSame) return this.#group;
    this.#groupBytes = Buffer.from(bytes.subarray(start, end));
    this.#group = this.#groupBytes.toString('utf8');
    return this.#group;
  }

  /** Collapses doubled quotes. */
  #putUndoubled(into: RowBatch, bytes: Buffer, start: number, end: number): void {
    let from = start;
    for (let quote = bytes.indexOf(this.#quote, from); quote >= 0 && quote < end; ) {
      into.putBytes(bytes, from, quote + 1);
      from = quote + 2;
      quote = bytes.indexOf(this.#quote, from);
    }
    if (from < end) into.putBytes(bytes, from, end);
  }
}

/** In bytes; as every character takes at least one, this excludes all cells that are too long. */
const longestPlain = 1_048_576;

/** Not empty, not blank, not a formula and not a drawn line, judged by the first character alone. */
function isPlain(bytes: Buffer, start: number, end: number): boolean {
  if (start >= end) return false;
  const first = bytes[start] ?? 0;
  if (first < 0x80) return first > 0x20 && !'=@+-:|'.includes(String.fromCharCode(first));
  if (first === 0xe2 && bytes[start + 1] === 0x94) return false;
  return !mayBeSpace(bytes, start);
}

/** Empty, or without blanks at either end, as far as the bytes show. */
function isTrimmed(bytes: Buffer, start: number, end: number): boolean {
  if (start >= end) return true;
  const first = bytes[start] ?? 0;
  if (first < 0x80 ? first <= 0x20 : mayBeSpace(bytes, start)) return false;
  let last = end - 1;
  while (last > start && ((bytes[last] ?? 0) & 0xc0) === 0x80) last--;
  const lead = bytes[last] ?? 0;
  return lead < 0x80 ? lead > 0x20 : !mayBeSpace(bytes, last);
}

/**
 * Whether the non-ASCII character that starts here may be a Unicode blank or invisible; all of those have these lead
 * bytes.
 */
function mayBeSpace(bytes: Buffer, place: number): boolean {
  const [lead, second, third] = [bytes[place] ?? 0, bytes[place + 1] ?? 0, bytes[place + 2] ?? 0];
  if (lead === 0xc2) return second === 0xa0 || second === 0xad;
  if (lead === 0xe1) return second === 0x9a;
  if (lead === 0xe2) return second === 0x81 || (second === 0x80 && !(third >= 0x90 && third <= 0xa7));
  if (lead === 0xe3) return second === 0x80 && third === 0x80;
  return lead === 0xef && second === 0xbb;
}

/** The context as columns and the text between them, found by rendering it with markers in place of the columns. */
function contextParts(mapping: ResolvedMapping): (Buffer | number)[] | undefined {
  const { task, places } = mapping;
  if (fieldsOf('target', mapping.mapping).length > 1) return undefined;
  const fields = usedContextFields(mapping);
  if (places.has('context') && fields.length === 1) return [places.get('context') ?? -1];
  const input = Object.fromEntries(fields.map((field, number) => [field, `\0${number}\0`]));
  const marks = new Map(Object.entries(input).map(([field, mark]) => [mark, places.get(field) ?? -1]));
  const rendered = places.has('context')
    ? joinedLines(namedTexts('context', mapping.mapping, input))
    : task.renderContext(input);
  const pieces = rendered.split(/(\0\d+\0)/).filter((piece) => piece !== '');
  const columns = pieces.filter((piece) => marks.has(piece));
  if (columns.length !== fields.length || new Set(columns).size !== fields.length) return undefined;
  return pieces.map((piece) => marks.get(piece) ?? Buffer.from(piece));
}
