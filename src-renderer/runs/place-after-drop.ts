/**
 * The 1-based place of a list item after it is dropped into a gap between items: gap 0 is before the first. Undefined
 * if it stays where it is, or has left the list while it was dragged.
 */
export function placeAfterDrop(list: readonly { readonly id: string }[], id: string, gap: number): number | undefined {
  const from = list.findIndex((item) => item.id === id);
  if (from < 0 || gap === from || gap === from + 1) return undefined;
  // Once it leaves, later gaps move up.
  return gap > from ? gap : gap + 1;
}
