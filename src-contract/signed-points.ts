/**
 * A difference of shares in percentage points, with its sign: +12, −3.5, 0. The same in all of the studio's languages.
 */
export function signedPoints(share: number, digits = 0): string {
  const rounded = Number((share * 100).toFixed(digits));
  const sign = rounded < 0 ? '−' : rounded > 0 ? '+' : '';
  return `${sign}${Math.abs(rounded).toFixed(digits)}`;
}
