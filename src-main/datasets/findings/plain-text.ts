/** A text as it is compared where only the words count: without case, letter forms, more than one blank, and final stops. */
export function plainText(text: string): string {
  const even = text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ');
  let end = even.length;
  while (end > 0 && ' .。'.includes(even[end - 1] ?? '?')) end--;
  return even.slice(0, end).trimStart();
}
