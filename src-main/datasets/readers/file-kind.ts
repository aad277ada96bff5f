/**
 * What a file that is no table of text looks like, in words, judged by its first bytes; undefined when nothing speaks
 * against text.
 */
export function kindOfFile(head: Buffer): string | undefined {
  const found = signatures.find(({ bytes, at = 0 }) => head.subarray(at, at + bytes.length).equals(bytes));
  if (found?.kind === zip) {
    // A ZIP archive lists the names of its parts in plain bytes; Office files start with the same few.
    const names = head.toString('latin1');
    if (names.includes('xl/workbook.bin')) return 'a binary Excel workbook (XLSB)';
    if (names.includes('xl/')) return 'an Excel workbook (XLSX)';
    if (names.includes('word/')) return 'a Word document (DOCX)';
    if (names.includes('spreadsheet')) return 'an OpenDocument spreadsheet (ODS)';
  }
  if (found) return found.kind;
  const start = head.toString('latin1', 0, 400).replace(/^\xef\xbb\xbf/, '');
  if (/^\s*<(?:!doctype html|html|head|body|table)[\s>]/i.test(start)) return 'a web page (HTML)';
  if (/^\s*<\?xml[\s?]/i.test(start)) {
    return start.includes('Excel.Sheet') ? 'an Excel workbook of 2003 (XML)' : 'an XML document';
  }
  if (sqlScript.test(start)) return 'an SQL script';
  return undefined;
}

/** What programs write at the head of a copy of a database, or a statement that fills a table at the beginning of a line. */
const sqlScript =
  /^(?:\s*(?:--|\/\*).*\r?\n)*\s*(?:INSERT\s+INTO\s+[`"[]?\w+[`"\]]?\s*(?:\([^)]*\)\s*)?VALUES\s*\(|PRAGMA\s+foreign_keys\s*=|BEGIN\s+TRANSACTION\s*;)|^--\s+(?:MySQL|MariaDB|PostgreSQL database) dump/i;

const zip = 'a ZIP archive';

const signatures: readonly { readonly kind: string; readonly bytes: Buffer; readonly at?: number }[] = [
  { kind: 'a PDF document', bytes: Buffer.from('%PDF-') },
  { kind: zip, bytes: Buffer.from('PK\x03\x04') },
  { kind: zip, bytes: Buffer.from('PK\x05\x06') },
  { kind: 'a PNG image', bytes: Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a]) },
  { kind: 'a JPEG image', bytes: Buffer.from([0xff, 0xd8, 0xff]) },
  { kind: 'a GIF image', bytes: Buffer.from('GIF8') },
  { kind: 'a SQLite database', bytes: Buffer.from('SQLite format 3\0') },
  { kind: 'a Parquet file', bytes: Buffer.from('PAR1') },
  { kind: 'an encrypted Parquet file', bytes: Buffer.from('PARE') },
  { kind: 'an Arrow file', bytes: Buffer.from('ARROW1') },
  { kind: 'a GGUF model', bytes: Buffer.from('GGUF') },
  {
    kind: 'an Excel or Word file of before 2007, or one with a password',
    bytes: Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]),
  },
  { kind: 'a rich text document (RTF)', bytes: Buffer.from('{\\rtf') },
  { kind: 'a program (ELF)', bytes: Buffer.from([0x7f, 0x45, 0x4c, 0x46]) },
  { kind: 'a gzip archive', bytes: Buffer.from([0x1f, 0x8b, 0x08]) },
  { kind: 'a bzip2 archive', bytes: Buffer.from('BZh') },
  { kind: 'an XZ archive', bytes: Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]) },
  { kind: 'a Zstandard archive', bytes: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]) },
  { kind: 'a 7-Zip archive', bytes: Buffer.from([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]) },
  { kind: 'a RAR archive', bytes: Buffer.from('Rar!\x1a\x07') },
  { kind: 'a video or audio file', bytes: Buffer.from('ftyp'), at: 4 },
];
