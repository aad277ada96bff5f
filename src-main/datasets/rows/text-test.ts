/** Case-insensitive test for a search text. */
export class TextTest {
  readonly #lowered: string;
  /** A quick pre-check that can rule out a UTF-8 text. */
  readonly #mayBeIn: (bytes: Buffer) => boolean;

  constructor(text: string) {
    this.#lowered = text.toLowerCase();
    this.#mayBeIn = quickTest(text, this.#lowered);
  }

  isIn({ context, target }: { context: string; target: string }): boolean {
    return context.toLowerCase().includes(this.#lowered) || target.toLowerCase().includes(this.#lowered);
  }

  /** False only if none of the concatenated texts contains it. */
  mayBeIn(bytes: Buffer): boolean {
    return this.#mayBeIn(bytes);
  }
}

function quickTest(text: string, lowered: string): (bytes: Buffer) => boolean {
  // Their lower case depends on the neighbouring characters.
  if (/σ|ς|\u0307/.test(lowered)) return () => true;
  if (lowered === text.toUpperCase()) {
    const wanted = Buffer.from(text);
    return (bytes) => bytes.includes(wanted);
  }
  if (Buffer.byteLength(lowered) > lowered.length) return (bytes) => bytes.toString().toLowerCase().includes(lowered);
  // As Latin-1, other scripts never decode to these letters, but two of their characters are i and k in lower case.
  const foreign = /[ik]/.test(lowered) ? ['İ', '\u212a'].map((letter) => Buffer.from(letter)) : [];
  return (bytes) =>
    bytes.toString('latin1').toLowerCase().includes(lowered) || foreign.some((letter) => bytes.includes(letter));
}
