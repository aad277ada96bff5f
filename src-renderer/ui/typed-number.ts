/** A number that may be left out: undefined for an empty box, null for what is no whole number from 1 to `most`. */
export function typedNumber(text: string, most = Number.MAX_SAFE_INTEGER): number | undefined | null {
  if (text.trim() === '') return undefined;
  const typed = Number(text);
  return Number.isInteger(typed) && typed > 0 && typed <= most ? typed : null;
}
