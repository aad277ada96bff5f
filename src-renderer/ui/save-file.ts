/**
 * Saves a file through the browser. A text table gets a UTF-8 byte order mark: without it a spreadsheet assumes the
 * country's legacy encoding, and saves the characters that it misread. `asItIs` is for one that has it already, or is
 * for programs.
 */
export function saveFile(
  name: string,
  pieces: BlobPart[],
  { type = 'application/octet-stream', asItIs = false }: { type?: string; asItIs?: boolean } = {},
): void {
  const marked = name.endsWith('.csv') && !asItIs ? ['\uFEFF', ...pieces] : pieces;
  const url = URL.createObjectURL(new Blob(marked, { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads a large file after the click has returned.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
