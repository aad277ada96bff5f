import { isAscii, isUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';
import { HzDecoder } from './hz-decoder.ts';
import { JohabDecoder } from './johab-decoder.ts';
import type { PlainDecoder } from './plain-decoder.ts';

export interface Decoder {
  write(bytes: Buffer): string;
  end(): string;
  /** Marks, or the text's own replacement characters, have been emitted. */
  readonly isDamaged: boolean;
}

/**
 * Decodes bytes to text. Invalid bytes become marks (lone surrogates, which valid text never contains), so that their
 * record can be told from one that contains a genuine replacement character.
 */
export function createDecoder(encoding: string): Decoder {
  if (encoding === 'utf-8') return new Utf8Decoder();
  const own = ownDecoders[encoding];
  if (own) return new MarkingDecoder(own());
  const decoder = viaTextDecoder.has(encoding)
    ? textDecoder(encoding)
    : iconv.getDecoder(encoding, { stripBOM: false });
  return new MarkingDecoder(decoder);
}

export function isKnownEncoding(encoding: string): boolean {
  return (
    encoding === 'utf-8' ||
    Object.hasOwn(ownDecoders, encoding) ||
    viaTextDecoder.has(encoding) ||
    iconv.encodingExists(encoding)
  );
}

/** True if the text contains a mark for undecodable bytes. */
export function hasMark(text: string): boolean {
  return mark.test(text);
}

/** The text as it may be shown and stored, with marks as replacement characters. */
export function withoutMarks(text: string): string {
  return text.replace(marks, '\ufffd');
}

const mark = /(?<![\ud800-\udbff])[\udc00-\udcff]/;
const marks = new RegExp(mark, 'g');
const unknown = '\udcff';

const viaTextDecoder = new Set(['utf-16le', 'utf-16be', 'iso-2022-jp']);

function textDecoder(encoding: string): PlainDecoder {
  const decoder = new TextDecoder(encoding, { ignoreBOM: true });
  return { write: (bytes) => decoder.decode(bytes, { stream: true }), end: () => decoder.decode() };
}

/**
 * Korean (RFC 1557) and Chinese (RFC 1922, only its set GB 2312) in seven bits: between shift-out and shift-in, bytes
 * are those of the set declared before, without the high bit.
 */
export const shiftedSets = [
  { encoding: 'iso-2022-kr', set: 'cp949', start: Buffer.from('\x1b$)C') },
  { encoding: 'iso-2022-cn', set: 'gbk', start: Buffer.from('\x1b$)A') },
] as const;

class ShiftedDecoder implements PlainDecoder {
  readonly #decoder;
  readonly #start: Buffer;
  /** How much of the leading escape sequence has been read. */
  #begun = 0;
  #isShifted = false;

  constructor({ set, start }: (typeof shiftedSets)[number]) {
    this.#decoder = iconv.getDecoder(set, { stripBOM: false });
    this.#start = start;
  }

  write(bytes: Buffer): string {
    const plain = Buffer.alloc(bytes.length);
    let length = 0;
    for (const byte of bytes) {
      if (byte === this.#start[this.#begun]) {
        this.#begun = (this.#begun + 1) % this.#start.length;
        continue;
      }
      for (const held of this.#start.subarray(0, this.#begun)) plain[length++] = held;
      this.#begun = 0;
      if (byte === 0x0e || byte === 0x0f) this.#isShifted = byte === 0x0e;
      else plain[length++] = this.#isShifted && byte > 0x20 && byte < 0x7f ? byte | 0x80 : byte;
    }
    return this.#decoder.write(plain.subarray(0, length));
  }

  end(): string {
    return this.#decoder.end() ?? '';
  }
}

/** Encodings that none of the libraries supports. */
const ownDecoders: Readonly<Record<string, () => PlainDecoder>> = {
  ...Object.fromEntries(shiftedSets.map((each) => [each.encoding, () => new ShiftedDecoder(each)])),
  'hz-gb-2312': () => new HzDecoder(),
  johab: () => new JohabDecoder(),
};

class MarkingDecoder implements Decoder {
  isDamaged = false;
  readonly #decoder: PlainDecoder;

  constructor(decoder: PlainDecoder) {
    this.#decoder = decoder;
  }

  write(bytes: Buffer): string {
    return this.#marked(this.#decoder.write(bytes));
  }

  end(): string {
    return this.#marked(this.#decoder.end() ?? '');
  }

  #marked(text: string): string {
    // Four bytes may be a UTF-16 surrogate, which is invalid in UTF-32.
    if (text.isWellFormed() && !text.includes('\ufffd')) return text;
    this.isDamaged = true;
    return text.toWellFormed().replaceAll('\ufffd', unknown);
  }
}

class Utf8Decoder implements Decoder {
  isDamaged = false;
  #tail: Buffer = Buffer.alloc(0);

  write(bytes: Buffer): string {
    const all = this.#tail.length > 0 ? Buffer.concat([this.#tail, bytes]) : bytes;
    const whole = all.length - cutSequence(all);
    this.#tail = Buffer.from(all.subarray(whole));
    return this.#decode(all.subarray(0, whole));
  }

  end(): string {
    const rest = this.#tail;
    this.#tail = Buffer.alloc(0);
    return this.#decode(rest);
  }

  #decode(bytes: Buffer): string {
    // Pure ASCII, like most text: copied byte by byte.
    if (isAscii(bytes)) return bytes.toString('latin1');
    if (!isUtf8(bytes)) {
      this.isDamaged = true;
      return decodeDamaged(bytes);
    }
    const text = bytes.toString('utf8');
    if (!this.isDamaged && text.includes('\ufffd')) this.isDamaged = true;
    return text;
  }
}

function decodeDamaged(bytes: Buffer): string {
  let text = '';
  let good = 0;
  for (let place = 0; place < bytes.length; ) {
    const length = sequenceLength(bytes, place);
    if (length > 0) {
      place += length;
      continue;
    }
    text += bytes.toString('utf8', good, place) + String.fromCharCode(0xdc00 + (bytes[place] ?? 0));
    place++;
    good = place;
  }
  return text + bytes.toString('utf8', good);
}

/** Length of the valid sequence that starts here; 0 if there is none (Unicode 16, table 3-7). */
function sequenceLength(bytes: Buffer, place: number): number {
  const lead = bytes[place] ?? 0;
  if (lead < 0x80) return 1;
  const length =
    lead >= 0xc2 && lead < 0xe0 ? 2 : lead >= 0xe0 && lead < 0xf0 ? 3 : lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
  if (length === 0 || place + length > bytes.length) return 0;
  const second = bytes[place + 1] ?? 0;
  const lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const highest = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < lowest || second > highest) return 0;
  for (let more = 2; more < length; more++) if (((bytes[place + more] ?? 0) & 0xc0) !== 0x80) return 0;
  return length;
}

/** How many bytes at the end belong to a sequence that continues in the next piece. */
export function cutSequence(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0;
  }
  return 0;
}
