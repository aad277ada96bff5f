/** Whether texts hold a search text, whatever its case. */
export class TextTest {
  readonly #lowered: string;
  /** Rules a text in UTF-8 out, and is quick about it. */
  readonly #mayBeIn: (bytes: Buffer) => boolean;

  constructor(text: string) {
    this.#lowered = text.toLowerCase();
    this.#mayBeIn = quickTest(text, this.#lowered);
  }

  isIn({ context, target }: { context: string; target: string }): boolean {
    return context.toLowerCase().includes(this.#lowered) || target.toLowerCase().includes(this.#lowered);
  }

  /** False only when none of the texts that stand there, one behind the other, holds it. */
  mayBeIn(bytes: Buffer): boolean {
    return this.#mayBeIn(bytes);
  }
}

function quickTest(text: string, lowered: string): (bytes: Buffer) => boolean {
  // What they look like in lower case hangs on their neighbours.
  if (/σ|ς|\u0307/.test(lowered)) return () => true;
  if (lowered === text.toUpperCase()) {
    const wanted = Buffer.from(text);
    return (bytes) => bytes.includes(wanted);
  }
  if (Buffer.byteLength(lowered) > lowered.length) return (bytes) => bytes.toString().toLowerCase().includes(lowered);
  // Byte by byte, other scripts read as letters that are none of these; two of theirs are i and k in lower case.
  const foreign = /[ik]/.test(lowered) ? ['İ', '\u212a'].map((letter) => Buffer.from(letter)) : [];
  return (bytes) =>
    bytes.toString('latin1').toLowerCase().includes(lowered) || foreign.some((letter) => bytes.includes(letter));
}
