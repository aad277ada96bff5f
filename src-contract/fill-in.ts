/** Replaces each `{name}` in a sentence by the field of that name; numbers as people read them: 1,200. */
export function fillIn(sentence: string, data: Readonly<Record<string, unknown>>): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => (name in data ? worded(data[name]) : whole));
}

function worded(value: unknown): string {
  return typeof value === 'number' ? grouped.format(value) : String(value);
}

/** Korean groups digits in the same way. */
const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 20 });
