import iconv from 'iconv-lite';
import type { PlainDecoder } from './plain-decoder.ts';

/** Chinese in seven bits (RFC 1843): between `~{` and `~}`, bytes are those of GB 2312 without the high bit. */
export class HzDecoder implements PlainDecoder {
  readonly #decoder = iconv.getDecoder('gbk', { stripBOM: false });
  #isShifted = false;
  #isTilde = false;

  write(bytes: Buffer): string {
    const plain = Buffer.alloc(bytes.length + 1);
    let length = 0;
    for (const byte of bytes) {
      if (this.#isTilde) {
        this.#isTilde = false;
        if (byte === opening || byte === closing) this.#isShifted = byte === opening;
        // A tilde at the end of a line continues it; a doubled tilde is a single one.
        else if (byte === tilde) plain[length++] = tilde;
        else if (byte !== lineFeed) {
          plain[length++] = tilde;
          plain[length++] = byte;
        }
      } else if (byte === tilde) this.#isTilde = true;
      else {
        // An unclosed shift ends with its line.
        if (byte === lineFeed) this.#isShifted = false;
        plain[length++] = this.#isShifted && byte > 0x20 && byte < 0x7f ? byte | 0x80 : byte;
      }
    }
    return this.#decoder.write(plain.subarray(0, length));
  }

  end(): string {
    const rest = this.#isTilde ? '~' : '';
    this.#isTilde = false;
    return (this.#decoder.end() ?? '') + rest;
  }
}

const tilde = 0x7e;
const opening = 0x7b;
const closing = 0x7d;
const lineFeed = 10;

/**
 * Whether ASCII text is in this encoding: every opening sequence is closed within its line, around pairs that are
 * Chinese letters.
 */
export function isHz(head: Buffer): boolean {
  const found = [...head.toString('latin1').matchAll(/~\{([^\n]*?)(?:~\}|\n|$)/g)];
  const letters = found.map(([, inside = '']) => inside);
  // The end of the sample may cut the last one.
  if (letters.length > 1) letters.pop();
  const bytes = Buffer.from(letters.join(''), 'latin1').map((byte) => byte | 0x80);
  if (bytes.length < 8 || letters.some(({ length }) => length % 2 === 1)) return false;
  return /^[\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef、-〗…“”‘’—]+$/.test(iconv.decode(Buffer.from(bytes), 'gbk'));
}
