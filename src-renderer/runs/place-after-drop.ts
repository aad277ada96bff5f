/**
 * The 1-based place of a list item after it is dropped into a gap between items: gap 0 is before the first. `from` is
 * its current index; once it leaves, later gaps move up.
 */
export function placeAfterDrop(from: number, gap: number): number {
  return gap > from ? gap : gap + 1;
}
