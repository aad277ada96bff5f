/**
 * Replaces each `{name}` in a sentence by the field of that name; numbers as people read them: 1,200. English words
 * that go by a number are written `{rows} {rows:row|rows}`, with the one for 1 first.
 */
export function fillIn(
  sentence: string,
  data: Readonly<Record<string, unknown>>,
  inWords: (value: unknown) => string = worded,
): string {
  return sentence.replace(place, (whole, name: string, one?: string, other?: string) => {
    const value = data[name];
    if (value === undefined) return whole;
    // A number may come as it is written.
    if (one !== undefined && other !== undefined) return value === 1 || value === '1' ? one : other;
    return inWords(value);
  });
}

const place = /\{(\w+)(?::([^{}|]+)\|([^{}|]+))?\}/g;

function worded(value: unknown): string {
  return typeof value === 'number' ? grouped.format(value) : String(value);
}

/** Korean groups digits in the same way. */
const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 20 });
