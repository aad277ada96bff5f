/** A difference of shares in points of 100, with its sign: +12, −3.5, 0. Written alike in all languages of the studio. */
export function signedPoints(share: number, digits = 0): string {
  const rounded = Number((share * 100).toFixed(digits));
  const sign = rounded < 0 ? '−' : rounded > 0 ? '+' : '';
  return `${sign}${Math.abs(rounded).toFixed(digits)}`;
}
