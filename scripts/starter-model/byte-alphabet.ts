/** The printable stand-in for each byte that byte-level tokenizers write their vocabulary in (from OpenAI's GPT-2). */

/** 256 characters; the character at index b stands for byte b. */
export const byteAlphabet: readonly string[] = buildByteAlphabet();

/** The stand-ins of a text's UTF-8 bytes; a space becomes `Ġ`. */
export function toByteAlphabet(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => byteAlphabet[byte]).join('');
}

function buildByteAlphabet(): string[] {
  // Bytes that print as themselves in Latin-1 stand for themselves; the rest get the code points after 255 in order.
  const printsAsItself = (byte: number) =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff);
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(printsAsItself(byte) ? byte : next++));
}
