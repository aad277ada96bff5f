/** Replaces each `{name}` in a sentence by the field of that name. */
export function fillIn(sentence: string, data: Readonly<Record<string, unknown>>): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => (name in data ? String(data[name]) : whole));
}
