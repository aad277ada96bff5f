/**
 * The place, from 1, that an item of a list has when it is dropped into a gap between items: gap 0 lies before the first.
 * `from` is its index now; when it leaves, the gaps behind it move up.
 */
export function placeAfterDrop(from: number, gap: number): number {
  return gap > from ? gap : gap + 1;
}
