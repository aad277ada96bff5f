/** Hands a file to the browser to be saved. */
export function saveFile(name: string, pieces: BlobPart[], type = 'application/octet-stream'): void {
  const url = URL.createObjectURL(new Blob(pieces, { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads a large file after the click has returned.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
