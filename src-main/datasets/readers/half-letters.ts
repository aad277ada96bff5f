/**
 * Decodes character codes in a text. A surrogate pair makes one character; a lone surrogate is invalid and stays as
 * written. `decoded` replaces the codes for which its predicate is true.
 */
export function withoutHalves(decoded: (isMeant: (code: number) => boolean) => string): string {
  const whole = decoded(() => true);
  return whole.isWellFormed() ? whole : decoded((code) => code < 0xd800 || code > 0xdfff);
}
