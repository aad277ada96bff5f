/**
 * A text with the letters that codes in it stand for. Two halves of UTF-16 make a letter; one alone is none, and stays as it is
 * written. `decoded` puts in those letters whose code is meant.
 */
export function withoutHalves(decoded: (isMeant: (code: number) => boolean) => string): string {
  const whole = decoded(() => true);
  return whole.isWellFormed() ? whole : decoded((code) => code < 0xd800 || code > 0xdfff);
}
