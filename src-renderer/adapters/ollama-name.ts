/**
 * A name that Ollama takes, which knows no blanks and no letters but a to z: accents are left off, and a name in other
 * letters, of which only a number might be left, begins with “adapter”.
 */
export function ollamaName(name: string): string {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const words = plain.match(/[a-z0-9]+/g) ?? [];
  const isInOthers = /[^a-z\P{L}]/u.test(plain) && !words.some((word) => /[a-z]/.test(word));
  return [...(isInOthers || words.length === 0 ? ['adapter'] : []), ...words].join('-');
}
