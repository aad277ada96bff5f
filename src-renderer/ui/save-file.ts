/**
 * Hands a file to the browser to be saved. A table of text gets the mark of UTF-8 in front: a spreadsheet that a person opens it
 * with takes it for its country's old encoding otherwise, and saves the letters that it misread.
 */
export function saveFile(name: string, pieces: BlobPart[], type = 'application/octet-stream'): void {
  const marked = name.endsWith('.csv') ? ['\uFEFF', ...pieces] : pieces;
  const url = URL.createObjectURL(new Blob(marked, { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads a large file after the click has returned.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
