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
  return texts.find(({ start: pattern }) => pattern.test(start))?.kind;
}

/** Texts that are no tables, by how they begin. */
const texts: readonly { readonly kind: string; readonly start: RegExp }[] = [
  {
    // What programs write at the head of a copy of a database, or whole statements.
    kind: 'an SQL script',
    start:
      /^--\s+(?:MySQL|MariaDB|PostgreSQL database) dump|^(?:\s*(?:--|\/\*).*\r?\n)*\s*(?:\/\*!\d{5}|INSERT\s+INTO\s+[`"[]?\w+[`"\]]?\s*(?:\([^)]*\)\s*)?VALUES\s*\(|PRAGMA\s+foreign_keys\s*=|BEGIN\s+TRANSACTION\s*;|(?:CREATE|DROP)\s+(?:TABLE|DATABASE|SCHEMA)\s[^;"']*;[ \t]*\r?\n)/i,
  },
  {
    kind: 'Python dictionaries; JSON has double quotes',
    start: /^\s*\[?\s*\{\s*'[^'\n]*'\s*:[^\n]*[,{}[\]]\s*(?:\n|$)/,
  },
  { kind: 'JSON5; JSON has names in double quotes', start: /^\s*\[?\s*\{\s*[A-Za-z_]\w*\s*:[^\n]*[,{}[\]]\s*(?:\n|$)/ },
  {
    kind: 'a YAML document',
    start:
      /^(?:%YAML.*\n|---[ \t]*\r?\n(?:- )?["'\w-]+:(?:\s|$)|- ["'\w-]+:\s.*\r?\n {2}["'\w-]+:\s|["'\w-]+:[ \t]*\r?\n\s*(?:- |["'\w-]+:\s))/,
  },
  {
    kind: 'a TOML or INI file',
    start: /^(?:\s*[#;].*\r?\n)*\s*\[{1,2}["\w. -]+\]{1,2}[ \t]*\r?\n(?:\s*[#;].*\r?\n)*\s*["\w.-]+\s*=/,
  },
  { kind: 'a LaTeX document', start: /^(?:\s*%.*\r?\n)*\s*\\(?:documentclass|begin|usepackage)\b/ },
  { kind: 'an ARFF file', start: /^(?:\s*%.*\r?\n)*\s*@relation\s.*\r?\n(?:\s*%.*\r?\n|\s*\r?\n)*\s*@attribute\s/i },
  { kind: 'a spreadsheet in the SYLK form', start: /^ID;P\w*.*\r?\n[BCFPO];/ },
  { kind: 'a spreadsheet in the DIF form', start: /^TABLE\r?\n0,1\r?\n"/ },
  { kind: 'a calendar (iCalendar)', start: /^BEGIN:VCALENDAR\r?\n/ },
  { kind: 'address cards (vCard)', start: /^BEGIN:VCARD\r?\n/ },
  {
    kind: 'an e-mail or a web archive (MIME)',
    start:
      /^(?:[A-Z][\w-]+: .*\r?\n(?:[ \t]+.*\r?\n)*)*(?:MIME-Version: |From: .*\r?\n(?:[A-Z][\w-]+: .*\r?\n)*Subject: )/,
  },
];

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
