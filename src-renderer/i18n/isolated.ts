/**
 * A text as it is put into a sentence: letters that run from right to left turn around no number or sign beside them
 * (Unicode Standard Annex 9), nor do the marks of a hostile name.
 */
export function isolated(text: string): string {
  const plain = text.replace(turning, '');
  return rightToLeft.test(plain) ? `\u2068${plain}\u2069` : plain;
}

/** Each text among the values as it is put into a sentence. */
export function isolatedTexts<Value>(values: Readonly<Record<string, Value>>): Record<string, Value | string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typeof value === 'string' ? isolated(value) : value]),
  );
}

/** Embeddings and overrides, which apply until something ends them. */
const turning = /[\u202a-\u202e\u2066\u2067]/g;
const rightToLeft = /[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
