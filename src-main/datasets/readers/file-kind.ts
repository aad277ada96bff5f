import { fileKinds } from '../../../src-contract/file-kind.ts';
import { fileSignatures } from '../../../src-contract/file-signature.ts';
import { areTaggedWords } from './tagged-words.ts';

/** The kind of a file that is not a text table, in words, judged by its first bytes; undefined if it may be text. */
export function kindOfFile(head: Buffer): string | undefined {
  const found = signatures.find(({ bytes, at = 0 }) => head.subarray(at, at + bytes.length).equals(bytes));
  if (found?.kind === zip) {
    // A ZIP archive lists the names of its entries in plain bytes; Office files start with the same signature.
    const names = head.toString('latin1');
    if (names.includes('xl/workbook.bin')) return fileKinds.XLSB;
    if (names.includes('xl/')) return fileKinds.XLSX;
    if (names.includes('word/')) return fileKinds.DOCX;
    if (names.includes('ppt/')) return fileKinds.PPTX;
    if (names.includes('hwp+zip')) return fileKinds.HWP;
    if (names.includes('epub+zip')) return fileKinds.EPUB;
  }
  if (found?.kind === fileKinds.OLE && head.includes('HWP Document File')) return fileKinds.HWP;
  if (found) return found.kind;
  const start = startOf(head);
  if (/^\s*<(?:!doctype html|html|head|body|table)[\s>]/i.test(start)) {
    if (start.includes('<title>Exported Data</title>')) return fileKinds.HTML_TELEGRAM;
    return start.includes('<title>ChatGPT Data Export</title>') ? fileKinds.HTML_CHATGPT : fileKinds.HTML;
  }
  if (/^\s*<\?xml[\s?]/i.test(start)) {
    return start.includes('Excel.Sheet') ? fileKinds.XLS_XML : fileKinds.XML;
  }
  if (isXml(start, head)) return fileKinds.XML;
  return texts.find(({ start: pattern }) => pattern.test(start))?.kind;
}

/** Whether a file begins like a translation memory: TMX, or XLIFF of any program. */
export function isTranslations(head: Buffer): boolean {
  const start = startOf(head).replace(/^\s*<\?xml[^>]*>/i, '');
  return /^\s*<(?:[\w-]+:)?(?:tmx|xliff)[\s>]/i.test(withoutAbove(start));
}

/** Whether a file begins with words that have a tag each, a sentence after another. */
export function isTagged(head: Buffer): boolean {
  const start = head.toString('latin1', 0, wholeBytes);
  return areTaggedWords(/^(?:\xff\xfe|\xfe\xff)/.test(start) ? start.replaceAll('\0', '') : start);
}

function startOf(head: Buffer): string {
  return latinOf(head.subarray(0, 800)).slice(0, 400);
}

/** The characters of a text that it shares with Latin-1, or all bytes but those of UTF-16; without byte order marks. */
export function latinOf(bytes: Buffer): string {
  const whole = bytes.toString('latin1');
  const marked = /^(?:\xef\xbb\xbf)?(?:\xff\xfe|\xfe\xff)?/.exec(whole)?.[0].length ?? 0;
  const text = whole.slice(marked);
  return /^(?:\0[^\0]|[^\0]\0){2}/.test(text) ? text.replaceAll('\0', '') : text;
}

/**
 * XML without a declaration: one element around all others. Text of a table may begin with a tag, too, so the next tag
 * must be on a line of its own, or the first one must have a namespace or end the file.
 */
function isXml(start: string, head: Buffer): boolean {
  const found = /^\s*<([A-Za-z_][\w:.-]*)((?:\s[^<>]*)?)>(\s*)</.exec(withoutAbove(start));
  if (!found) return false;
  const [, name = '', attributes = '', between = ''] = found;
  if (between.includes('\n') || /\sxmlns(?::\w+)?\s*=\s*["']/.test(attributes)) return true;
  if (head.length >= wholeBytes) return false;
  const text = head.toString('latin1').replaceAll('\0', '').trimEnd();
  const end = `</${name}>`;
  return text.endsWith(end) && text.indexOf(end) === text.lastIndexOf(end);
}

function withoutAbove(start: string): string {
  let rest = start;
  // One at a time: many comments can be split among themselves in too many ways.
  for (let above = aboveElement.exec(rest); above; above = aboveElement.exec(rest)) rest = rest.slice(above[0].length);
  return rest;
}

const aboveElement = /^\s*(?:<!--[\s\S]*?-->|<!DOCTYPE\s[^<>[]*(?:\[[^\]]*\])?>)/;

/** In a larger file, what comes first does not end it. */
const wholeBytes = 64 * 1024;

/** Text files that are not tables, by how they begin. */
const texts: readonly { readonly kind: string; readonly start: RegExp }[] = [
  {
    // The header that programs write to a database dump, or complete statements.
    kind: fileKinds.SQL,
    start:
      /^--\s+(?:MySQL|MariaDB|PostgreSQL database) dump|^(?:\s*(?:--|\/\*).*\r?\n)*\s*(?:\/\*!\d{5}|INSERT\s+INTO\s+[`"[]?\w+[`"\]]?\s*(?:\([^)]*\)\s*)?VALUES\s*\(|PRAGMA\s+foreign_keys\s*=|BEGIN\s+TRANSACTION\s*;|(?:CREATE|DROP)\s+(?:TABLE|DATABASE|SCHEMA)\s[^;"']*;[ \t]*\r?\n)/i,
  },
  {
    kind: fileKinds.PYTHON,
    start: /^\s*(?:\[\s*)?\{\s*'[^'\n]*'\s*:[^\n]*[,{}[\]]\s*(?:\n|$)/,
  },
  { kind: fileKinds.JSON5, start: /^\s*(?:\[\s*)?\{\s*[A-Za-z_]\w*\s*:[^\n]*[,{}[\]]\s*(?:\n|$)/ },
  // Comments within JSON, or above it.
  { kind: fileKinds.JSON5, start: /^\s*(?:[[{]\s*(?:\/\/|\/\*)|(?:(?:\/\/|#).*\r?\n\s*)+(?:\[\s*)?\{\s*")/ },
  {
    kind: fileKinds.YAML,
    start:
      /^(?:%YAML.*\n|---[ \t]*\r?\n(?:- )?["'\w-]+:(?:\s|$)|- ["'\w-]+:\s.*\r?\n {2}["'\w-]+:\s|["'\w-]+:[ \t]*\r?\n\s*(?:- |["'\w-]+:\s)|[\w-]+:[ \t]*["'\d][^\n]*\n(?:\r?\n)?[\w-]+:[ \t]*\r?\n[ \t]*- [\w-]+:\s)/,
  },
  {
    kind: fileKinds.TOML,
    start: /^(?:\s*[#;].*\r?\n)*\s*\[{1,2}["\w. -]+\]{1,2}[ \t]*\r?\n(?:\s*[#;].*\r?\n)*\s*["\w.-]+\s*=/,
  },
  {
    kind: fileKinds.GOOGLE_LINK,
    start: /^\s*\{\s*"(?:url"\s*:\s*"https:\/\/docs\.google\.com\/|"\s*:\s*"WARNING! DO NOT EDIT THIS FILE!)/,
  },
  // Text from pandas’ `to_json` that was written with `json.dump`.
  { kind: fileKinds.JSON_TWICE, start: /^\s*"\s*(?:\[\s*)?\{\s*\\"(?:[^"\\\n]|\\.)*(?:$|"\s*(?:\n|$))/ },
  {
    kind: fileKinds.JAVASCRIPT,
    start:
      /^\s*(?:(?:export\s+)?(?:var|let|const)\s+\w+\s*=|export\s+default\s|module\.exports\s*=|[A-Za-z_]\w*\()\s*[[{]/,
  },
  { kind: fileKinds.LATEX, start: /^(?:\s*%.*\r?\n)*\s*\\(?:documentclass|begin|usepackage)\b/ },
  { kind: fileKinds.ARFF, start: /^(?:\s*%.*\r?\n)*\s*@relation\s.*\r?\n(?:\s*%.*\r?\n)*\s*@attribute\s/i },
  { kind: fileKinds.SYLK, start: /^ID;P\w*.*\r?\n[BCFPO];/ },
  { kind: fileKinds.DIF, start: /^TABLE\r?\n0,1\r?\n"/ },
  { kind: fileKinds.ICALENDAR, start: /^BEGIN:VCALENDAR\r?\n/ },
  { kind: fileKinds.VCARD, start: /^BEGIN:VCARD\r?\n/ },
  {
    kind: fileKinds.SUBTITLES,
    // A text may begin with the word.
    start:
      /^(?:WEBVTT[ \t]*\r?\n(?:[\w-]+[:=][^\n]*\n){0,9}\r?\n|WEBVTT[ \t][^\n]*\n[\s\S]{0,300}?\d\.\d{3} --> \d|\s{0,9}\d{1,6}\r?\n\d{1,2}:\d{2}:\d{2}[,.]\d{1,3} --> \d{1,2}:\d{2}:\d{2}[,.]\d{1,3})/,
  },
  {
    // Of the words of a sentence, or of two, some are names by their last column and others are not; or CoNLL-U's comments.
    kind: fileKinds.CONLL,
    start:
      /^(?:-DOCSTART-[^\n]*\n\s{0,9}|# (?:newdoc|newpar|sent_id|text)\b[^\n]*\n(?:#[^\n]*\n){0,9}1\t(?:[^\t\n]*\t){8}|(?=[\s\S]{0,300}?[ \t][BS]-[A-Z]{2,12}\r?\n)(?:[^\s,;|]+[ \t]+(?:[^\s,;|]+[ \t]+){0,3}(?:O|[BIES]-[A-Z]{2,12})\r?\n(?:\r?\n)?){4})/,
  },
  {
    kind: fileKinds.MIME,
    start:
      /^(?:[A-Z][\w-]+: .*\r?\n(?:[ \t].*\r?\n)*)*(?:MIME-Version: |From: .*\r?\n(?:[A-Z][\w-]+: .*\r?\n)*Subject: )/,
  },
];

const zip = fileKinds.ZIP;

const signatures: readonly { readonly kind: string; readonly bytes: Buffer; readonly at?: number }[] = [
  { kind: fileKinds.PDF, bytes: Buffer.from('%PDF-') },
  { kind: zip, bytes: Buffer.from(fileSignatures.ZIP) },
  { kind: zip, bytes: Buffer.from('PK\x05\x06') },
  { kind: fileKinds.PNG, bytes: Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a]) },
  { kind: fileKinds.JPEG, bytes: Buffer.from([0xff, 0xd8, 0xff]) },
  { kind: fileKinds.GIF, bytes: Buffer.from('GIF8') },
  { kind: fileKinds.SQLITE, bytes: Buffer.from(fileSignatures.SQLITE) },
  { kind: fileKinds.PARQUET, bytes: Buffer.from(fileSignatures.PARQUET) },
  { kind: fileKinds.PARQUET_ENCRYPTED, bytes: Buffer.from('PARE') },
  { kind: fileKinds.ARROW, bytes: Buffer.from('ARROW1') },
  { kind: fileKinds.GGUF, bytes: Buffer.from(fileSignatures.GGUF) },
  {
    kind: fileKinds.OLE,
    bytes: Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]),
  },
  { kind: fileKinds.PROPERTY_LIST, bytes: Buffer.from('bplist00') },
  { kind: fileKinds.RTF, bytes: Buffer.from('{\\rtf') },
  { kind: fileKinds.ELF, bytes: Buffer.from([0x7f, 0x45, 0x4c, 0x46]) },
  { kind: fileKinds.GZIP, bytes: Buffer.from([0x1f, 0x8b, 0x08]) },
  { kind: fileKinds.BZIP2, bytes: Buffer.from('BZh') },
  { kind: fileKinds.XZ, bytes: Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]) },
  { kind: fileKinds.ZSTD, bytes: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]) },
  { kind: fileKinds.SEVEN_ZIP, bytes: Buffer.from([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]) },
  { kind: fileKinds.RAR, bytes: Buffer.from('Rar!\x1a\x07') },
  { kind: fileKinds.TAR, bytes: Buffer.from('ustar'), at: 257 },
  { kind: fileKinds.NUMPY, bytes: Buffer.from([0x93, ...Buffer.from('NUMPY')]) },
  // The frame of protocols 4 and 5, which Python has written since 3.8.
  { kind: fileKinds.PICKLE, bytes: Buffer.from([0x80, 0x04, 0x95]) },
  { kind: fileKinds.PICKLE, bytes: Buffer.from([0x80, 0x05, 0x95]) },
  { kind: fileKinds.HDF5, bytes: Buffer.from([0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a]) },
  { kind: fileKinds.R_DATA, bytes: Buffer.from('X\n\0\0\0') },
  { kind: fileKinds.R_DATA, bytes: Buffer.from('RDX2\n') },
  { kind: fileKinds.R_DATA, bytes: Buffer.from('RDX3\n') },
  { kind: fileKinds.GIT_LFS, bytes: Buffer.from('version https://git-lfs.github.com/spec/') },
  { kind: fileKinds.MEDIA, bytes: Buffer.from('ftyp'), at: 4 },
];
