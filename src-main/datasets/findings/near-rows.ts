import { type CheckedRow, type Detector, type FlaggedRow, flag } from './detector.ts';
import { questionStart } from './texts.ts';

/**
 * Rows that are nearly the same: a Jaccard similarity of at least 85 % over five-letter shingles. Found by MinHash with
 * one permutation (Li, Owen & Zhang 2012) in 14 bands of 6 (Leskovec et al., Mining of Massive Datasets, §3.4): a pair
 * at 85 % becomes a candidate with a probability of 99.9 %. Every candidate is then compared shingle by shingle.
 */
export class NearRows implements Detector {
  /** For each band, a key in the upper 32 bits and the row's index in the lower 21, for sorting. */
  readonly #bands: Float64Array[];
  readonly #numbers: Uint32Array;
  readonly #capacity: number;
  readonly #mostPairs: number;
  /** By index: rows in candidate pairs that were not compared because the limit was reached. */
  readonly #unmatched: Uint8Array;
  #rows = 0;
  #taken = 0;
  /** Rows that did not fit. */
  #left = 0;

  /** `most`: maximum number of rows held and of pairs compared. */
  constructor(rows: number, most: { rows: number; pairs: number } = { rows: mostRows, pairs: mostPairs }) {
    this.#capacity = Math.min(rows, most.rows);
    this.#mostPairs = most.pairs;
    this.#unmatched = new Uint8Array(this.#capacity);
    this.#numbers = new Uint32Array(this.#capacity);
    this.#bands = Array.from({ length: bandCount }, () => new Float64Array(this.#capacity));
  }

  take(row: CheckedRow): FlaggedRow[] {
    this.#taken++;
    if (this.#rows === this.#capacity) {
      this.#left++;
      return [];
    }
    const signature = signatureOf(ownText(row));
    if (!signature) return [];
    this.#numbers[this.#rows] = row.number;
    this.#bands.forEach((band, place) => {
      let key = place;
      for (let part = 0; part < bandRows; part++) {
        key = Math.imul(key ^ (signature[place * bandRows + part] ?? 0), 0x9e3779b1);
        key ^= key >>> 15;
      }
      band[this.#rows] = (key >>> 0) * maxPlaces + this.#rows;
    });
    this.#rows++;
    return [];
  }

  *finish(read: (number: number) => CheckedRow | undefined): Generator<FlaggedRow> {
    const met = new Set<number>();
    const flaggedRows = new Set<number>();
    const kept = new Map<number, ComparedRow | undefined>();
    const rowAt = (place: number) => {
      if (kept.has(place)) return kept.get(place);
      if (kept.size === mostKept) kept.clear();
      const row = read(this.#numbers[place] ?? -1);
      const compared = row && new ComparedRow(row);
      kept.set(place, compared);
      return compared;
    };
    for (const band of this.#bands) {
      const sorted = band.subarray(0, this.#rows).sort();
      for (let start = 0; start < sorted.length; ) {
        const key = Math.floor((sorted[start] ?? 0) / maxPlaces);
        let end = start + 1;
        while (end < sorted.length && Math.floor((sorted[end] ?? 0) / maxPlaces) === key) end++;
        // Each row is paired only with the first of its bucket and its predecessor, so that a bucket of a thousand is
        // not a million pairs.
        for (let at = start + 1; at < end; at++) {
          for (const other of at - 1 === start ? [start] : [start, at - 1]) {
            const [early, late] = [(sorted[other] ?? 0) % maxPlaces, (sorted[at] ?? 0) % maxPlaces];
            const pair = early * maxPlaces + late;
            if (flaggedRows.has(late) || met.has(pair)) continue;
            if (met.size >= this.#mostPairs) {
              this.#unmatched[late] = 1;
              continue;
            }
            met.add(pair);
            const found = compare(rowAt(early), rowAt(late));
            if (!found) continue;
            flaggedRows.add(late);
            yield found;
          }
        }
        start = end;
      }
    }
  }

  limit() {
    const left = this.#left + this.#unmatched.reduce((sum, each) => sum + each, 0);
    return left === 0 ? undefined : { code: 'DUPLICATE_NEAR' as const, checked: this.#taken - left };
  }
}

const bandCount = 14;
const bandRows = 6;
const bins = bandCount * bandRows;
const maxPlaces = 2 ** 21;
/** 14 numbers of 8 bytes each: 224 MB. */
const mostRows = 2_000_000;
const mostPairs = 1_000_000;
const nearness = 0.85;
/** Rows of one bucket are compared with its first and with their predecessors. */
const mostKept = 100;

/** A row of candidate pairs; its shingles are made when first compared. */
class ComparedRow {
  readonly row: CheckedRow;
  #own: ReadonlySet<number> | undefined;
  #context: ReadonlySet<number> | undefined;

  constructor(row: CheckedRow) {
    this.row = row;
  }

  get own(): ReadonlySet<number> {
    this.#own ??= pieces(ownText(this.row));
    return this.#own;
  }

  get context(): ReadonlySet<number> {
    this.#context ??= pieces(this.row.context);
    return this.#context;
  }
}

/** For two near rows: a leak if one is trained on and the other held out, else a near copy of the earlier one. */
function compare(one: ComparedRow | undefined, other: ComparedRow | undefined): FlaggedRow | undefined {
  if (!one || !other) return undefined;
  const [early, late] = [one.row, other.row];
  if (early.context === late.context) return undefined;
  const ownShare = sharedPieces(one.own, other.own);
  if (ownShare < nearness) return undefined;
  const share = Math.min(ownShare, sharedPieces(one.context, other.context));
  if (share < nearness) return undefined;
  const detail = `${Math.floor(share * 100)} %`;
  const isLeak = (early.split === 'train') !== (late.split === 'train');
  if (!isLeak) return flag('DUPLICATE_NEAR', late, detail, early.position);
  const [trained, heldOut] = early.split === 'train' ? [early, late] : [late, early];
  return flag('LEAK_NEAR', trained, detail, heldOut.position);
}

/** The row's own part: rows that share a passage or schema differ only in question and answer. */
function ownText({ context, target }: CheckedRow): string {
  const question = context.lastIndexOf(questionStart);
  return `${question < 0 ? context : context.slice(question)} ${target}`;
}

/**
 * The minimum hash of a text's shingles in each of 84 equal ranges; empty ranges take their neighbour's. Undefined for
 * short texts.
 */
function signatureOf(text: string): Uint32Array | undefined {
  const plain = plainText(text);
  if (plain.length < pieceLength + 10) return undefined;
  const least = new Uint32Array(bins).fill(0xffff_ffff);
  for (let place = 0; place + pieceLength <= plain.length; place++) {
    const hash = pieceHash(plain, place);
    const bin = Math.floor((hash / 0x1_0000_0000) * bins);
    if (hash < (least[bin] ?? 0)) least[bin] = hash;
  }
  // Twice around, so that the last ranges are filled too, from the first.
  for (let turn = 2 * bins - 1; turn >= 0; turn--) {
    const bin = turn % bins;
    if (least[bin] === 0xffff_ffff) least[bin] = least[(bin + 1) % bins] ?? 0;
  }
  return least;
}

const pieceLength = 5;

/** A text's shingles, as hashes of 30 bits: small integers, which sets hold without an object each. */
function pieces(text: string): ReadonlySet<number> {
  const plain = plainText(text);
  const found = new Set<number>();
  for (let place = 0; place + pieceLength <= plain.length; place++) found.add(pieceHash(plain, place) >>> 2);
  return found;
}

/** The Jaccard similarity of two sets of shingles. */
function sharedPieces(left: ReadonlySet<number>, right: ReadonlySet<number>): number {
  let shared = 0;
  for (const piece of left) if (right.has(piece)) shared++;
  const all = left.size + right.size - shared;
  return all === 0 ? 0 : shared / all;
}

/** Ignores case, blanks and punctuation. */
function plainText(text: string): string {
  return text
    .slice(0, 20_000)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ');
}

function pieceHash(text: string, start: number): number {
  let hash = 0x811c9dc5;
  for (let place = start; place < start + pieceLength; place++) {
    hash = Math.imul(hash ^ text.charCodeAt(place), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
