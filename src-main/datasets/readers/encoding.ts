import { isUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';
import { StudioError } from '../../../src-contract/errors.ts';
import { because as failedBecause } from '../../../src-contract/failure-reason.ts';
import { fileKinds } from '../../../src-contract/file-kind.ts';
import type { FileReason, FileReasonCode } from '../../../src-contract/file-reason.ts';
import { createDecoder, cutSequence, isKnownEncoding, shiftedSets } from './decoder.ts';
import type { FileSurvey } from './file-survey.ts';
import { isHz } from './hz-decoder.ts';
import { eastAsianEncoding, legacyEncoding } from './legacy-encoding.ts';
import { misreadEncoding } from './misread-text.ts';

export interface EncodingChoice {
  readonly encoding: string;
  /** Bytes of a byte order mark, to be skipped. */
  readonly bomBytes: number;
  readonly reason: FileReason;
}

/**
 * The encoding that the evidence suggests, or the one specified. A few invalid places in UTF-8 are damage, reported for
 * their rows. Throws FILE_NOT_A_TABLE for binary data, FILE_ENCODING if the file is not in the specified encoding,
 * OPTION_INVALID for an unknown encoding.
 */
export function chooseEncoding(survey: FileSurvey, named: string | undefined): EncodingChoice {
  const mark = byteOrderMark(survey);
  if (named !== undefined) return namedEncoding(survey, named, mark);
  if (mark) {
    if (mark.encoding === 'utf-8' && mark.bomBytes === 3 && survey.brokenUtf8) {
      return isSparse(survey) ? { ...mark, reason: damaged(survey) } : refuse(survey, 'UTF-8');
    }
    const misread = mark.encoding === 'utf-8' ? misreadReason(survey) : undefined;
    if (misread) return { ...mark, reason: misread };
    if (mark.encoding !== 'utf-8' && survey.head[0] === 0xef) {
      return { ...mark, reason: because('ENCODING_BOM_TWICE', { encoding: shown(mark.encoding) }) };
    }
    const isWrong = mark.encoding === 'utf-8' && mark.bomBytes === 2;
    const code = isWrong ? 'ENCODING_BOM_WRONG' : 'ENCODING_BOM';
    return { ...mark, reason: because(code, { encoding: isWrong ? 'UTF-16' : shown(mark.encoding) }) };
  }
  const wide = wideEncoding(survey);
  if (wide) return { encoding: wide, bomBytes: 0, reason: because('ENCODING_ZERO_BYTES', { encoding: shown(wide) }) };
  const escaped = survey.highBytes === 0 && survey.escapes > 0 ? escapedEncoding(survey.head) : undefined;
  if (escaped) {
    const reason = because('ENCODING_ESCAPES', { encoding: shown(escaped) });
    return { encoding: escaped, bomBytes: 0, reason };
  }
  refuseBinary(survey);
  if (survey.highBytes === 0) {
    if (isHz(survey.head))
      return { encoding: 'hz-gb-2312', bomBytes: 0, reason: because('ENCODING_ESCAPES', { encoding: 'HZ-GB-2312' }) };
    if (isUtf7(survey.head.toString('latin1')))
      return { encoding: 'utf-7', bomBytes: 0, reason: because('ENCODING_ESCAPES', { encoding: 'UTF-7' }) };
    return { encoding: 'utf-8', bomBytes: 0, reason: because('ENCODING_ASCII', {}) };
  }
  if (!survey.brokenUtf8) {
    return { encoding: 'utf-8', bomBytes: 0, reason: misreadReason(survey) ?? because('ENCODING_UTF8', {}) };
  }
  if (isSparse(survey)) return { encoding: 'utf-8', bomBytes: 0, reason: damaged(survey) };
  const { encoding, rival } = legacyEncoding(survey.beyondAscii);
  const data = { line: survey.brokenUtf8.line, encoding: shown(encoding) };
  const reason =
    rival === undefined
      ? because('ENCODING_PATTERN', data)
      : because('ENCODING_UNSURE', { ...data, other: shown(rival) });
  return { encoding, bomBytes: 0, reason };
}

/**
 * Text in another encoding is invalid as UTF-8 at nearly every non-ASCII letter and hardly ever forms a valid sequence
 * by chance. So if valid letters outnumber the invalid places, the file is damaged UTF-8. The same goes if whole lines
 * are valid: files in two encodings were then concatenated, and the parts that are not UTF-8 are reported row by row.
 */
function isSparse({ brokenUtf8, utf8Letters, lines }: FileSurvey): boolean {
  if (brokenUtf8 === undefined) return false;
  return utf8Letters > brokenUtf8.sequences || (lines.valid > 0 && lines.valid * 5 >= lines.broken);
}

/** For a valid text whose letters come from another encoding that was misread before. */
function misreadReason({ beyondAscii }: FileSurvey): FileReason | undefined {
  const sample = beyondAscii.subarray(0, 64 * 1024);
  const text = sample
    .subarray(0, sample.length - cutSequence(sample))
    .toString()
    .replace(/^\ufeff/, '');
  const encoding = misreadEncoding(text);
  return encoding === undefined ? undefined : because('ENCODING_MISREAD', { encoding: shown(encoding) });
}

function damaged({ brokenUtf8 }: FileSurvey): FileReason {
  const { line = 1, sequences = 0 } = brokenUtf8 ?? {};
  return because('ENCODING_UTF8_DAMAGED', { places: sequences, line });
}

function because(code: FileReasonCode, data: FileReason['data']): FileReason {
  return { about: 'encoding', code, data };
}

function shown(encoding: string): string {
  return encoding.toUpperCase();
}

/** By the escape sequences that switch to another character set. */
function escapedEncoding(head: Buffer): string | undefined {
  const shifted = shiftedSets.find(({ start }) => head.includes(start));
  if (shifted) return shifted.encoding;
  return ['\x1b$B', '\x1b$@', '\x1b(J'].some((sequence) => head.includes(sequence)) ? 'iso-2022-jp' : undefined;
}

/**
 * Whether ASCII text is UTF-7 (RFC 2152): every plus sign starts base64-encoded non-ASCII letters with nothing left
 * over, and there are at least three different ones.
 */
function isUtf7(text: string): boolean {
  const found = new Set<string>();
  for (const [, letters = ''] of text.matchAll(/\+([A-Za-z0-9+/]*)/g)) {
    const bytes = Buffer.from(letters, 'base64');
    const isWhole = bytes.length % 2 === 0 && bytes.toString('base64').replace(/=+$/, '') === letters;
    const isEven = bytes.length > 0 && (isWhole || (bytes.length % 2 === 1 && bytes.at(-1) === 0));
    if (!isEven || !/^[^\0-\x7f]+$/.test(iconv.decode(bytes.subarray(0, bytes.length & ~1), 'utf-16be'))) return false;
    found.add(letters);
  }
  return found.size >= 3;
}

function byteOrderMark(survey: FileSurvey): Omit<EncodingChoice, 'reason'> | undefined {
  const { head, evenNuls, oddNuls } = survey;
  const starts = (...bytes: number[]) => bytes.every((byte, place) => head[place] === byte);
  if (starts(0xef, 0xbb, 0xbf)) return markedTwice(survey) ?? { encoding: 'utf-8', bomBytes: 3 };
  if (starts(0xff, 0xfe, 0, 0)) return { encoding: 'utf-32le', bomBytes: 4 };
  if (starts(0, 0, 0xfe, 0xff)) return { encoding: 'utf-32be', bomBytes: 4 };
  if (starts(0x84, 0x31, 0x95, 0x33)) return { encoding: 'gb18030', bomBytes: 0 };
  const wide = starts(0xff, 0xfe) ? 'utf-16le' : starts(0xfe, 0xff) ? 'utf-16be' : undefined;
  if (!wide) return undefined;
  // A file that is UTF-8 after the mark was marked by mistake: in UTF-16 even a line end contains a zero byte.
  const text = head.subarray(2, head.length - cutSequence(head));
  const isNarrow = evenNuls + oddNuls === 0 && text.includes(10) && isUtf8(text);
  return { encoding: isNarrow ? 'utf-8' : wide, bomBytes: 2 };
}

/** UTF-16 after a UTF-8 mark, as left by programs that prepend their own mark to anything. */
function markedTwice(survey: FileSurvey): Omit<EncodingChoice, 'reason'> | undefined {
  const rest = { ...survey, head: survey.head.subarray(3), bytes: survey.bytes - 3 };
  if (rest.head[0] === 0xef && rest.head[1] === 0xbb && rest.head[2] === 0xbf) return undefined;
  const own = byteOrderMark(rest);
  const isWide = own !== undefined && own.encoding !== 'utf-8' && own.bomBytes > 0;
  if (own && isWide && survey.evenNuls + survey.oddNuls > 0) return { ...own, bomBytes: own.bomBytes + 3 };
  const wide = wideEncoding(rest);
  return wide ? { encoding: wide, bomBytes: 3 } : undefined;
}

/** UTF-16 or UTF-32 without a mark: delimiters, blanks and line ends are an ASCII byte next to a zero byte. */
function wideEncoding(survey: FileSurvey): string | undefined {
  const { head, bytes, counted, evenNuls, oddNuls } = survey;
  const nuls = evenNuls + oddNuls;
  if (nuls < 2) return undefined;
  const eastAsian = () =>
    (['utf-16le', 'utf-16be'] as const).find(
      (name) => isEastAsian(createDecoder(name).write(head)) && !isNarrow(survey),
    );
  if (nuls < counted * 0.02) return eastAsian();
  const wide =
    bytes % 4 === 0 ? (['utf-32le', 'utf-32be'] as const).find((name) => areCodePoints(head, name)) : undefined;
  if (wide) return wide;
  let [little, big] = [0, 0];
  for (let place = 0; place + 1 < head.length; place += 2) {
    const [first = 0, second = 0] = head.subarray(place, place + 2);
    if (second === 0 && isPlainText(first)) little++;
    else if (first === 0 && isPlainText(second)) big++;
  }
  if (Math.max(little, big) < head.length * 0.02) return eastAsian();
  if (little > big * 2) return 'utf-16le';
  return big > little * 2 ? 'utf-16be' : undefined;
}

/**
 * Whether it is single-byte text with a zero byte here and there: two letters of such text can look like one East Asian
 * letter.
 */
function isNarrow({ beyondAscii, brokenUtf8, counted, highBytes }: FileSurvey): boolean {
  return !brokenUtf8 || highBytes < counted * 0.1 || eastAsianEncoding(beyondAscii) !== undefined;
}

/** Long lines in these scripts have hardly any ASCII but the line ends. */
function isEastAsian(text: string): boolean {
  const letters = text.match(/[\u3000-\u30ff\u3400-\u9fff\uac00-\ud7a3\uff00-\uffef]/g)?.length ?? 0;
  return text.split('\n').length > 2 && letters > text.length * 0.8;
}

/** Whether all of it consists of four-byte characters below 0x110000, none of them zero. */
function areCodePoints(head: Buffer, encoding: 'utf-32le' | 'utf-32be'): boolean {
  for (let place = 0; place + 4 <= head.length; place += 4) {
    const letter = encoding === 'utf-32le' ? head.readUInt32LE(place) : head.readUInt32BE(place);
    if (letter === 0 || letter >= 0x110000) return false;
  }
  return head.length >= 4;
}

function isPlainText(byte: number): boolean {
  return (byte >= 0x20 && byte < 0x7f) || byte === 9 || byte === 10 || byte === 13;
}

function refuseBinary(survey: FileSurvey): void {
  // In EBCDIC a blank is 0x40, and line ends differ from those of other encodings.
  const isEbcdic = survey.highBytes > survey.counted * 0.4 && !/[\n\r\t ,;]/.test(survey.head.toString('latin1'));
  if (isEbcdic && survey.brokenUtf8)
    throw new StudioError('FILE_NOT_A_TABLE', { file: survey.name, found: ebcdicOr(survey.head) });
  const strange = Math.max(0, survey.controls + survey.evenNuls + survey.oddNuls - survey.endPadding);
  const limit = survey.brokenUtf8 ? 0.03 : 0.3;
  if (strange > survey.counted * limit) {
    throw new StudioError('FILE_NOT_A_TABLE', { file: survey.name, found: fileKinds.BINARY });
  }
}

/** Most EBCDIC text consists of letters, digits and blanks. */
function ebcdicOr(head: Buffer): string {
  const isPlain = (byte: number) => byte === 0x40 || (byte >= 0x81 && byte <= 0xa9) || (byte >= 0xc1 && byte <= 0xf9);
  const plain = head.filter(isPlain).length;
  return plain > head.length * 0.7 ? fileKinds.EBCDIC : fileKinds.BINARY;
}

function refuse(survey: FileSurvey, encoding: string): never {
  throw new StudioError('FILE_ENCODING', { file: survey.name, encoding, line: survey.brokenUtf8?.line ?? 1 });
}

function namedEncoding(
  survey: FileSurvey,
  named: string,
  mark: Omit<EncodingChoice, 'reason'> | undefined,
): EncodingChoice {
  const encoding = canonicalName(named);
  const endian = encoding === 'utf-16' ? (mark?.encoding ?? wideEncoding(survey) ?? 'utf-16le') : encoding;
  if (!isKnownEncoding(endian)) {
    throw new StudioError('OPTION_INVALID', {
      option: 'encoding',
      ...failedBecause('ENCODING_UNKNOWN', { encoding: named }),
    });
  }
  if (endian === 'utf-8' && survey.brokenUtf8 && !isSparse(survey)) refuse(survey, 'UTF-8');
  return { encoding: endian, bomBytes: mark?.encoding === endian ? mark.bomBytes : 0, reason: because('CHOSEN', {}) };
}

/** Maps the names used by people and detectors to one spelling. EUC-KR is read as CP949, which contains it. */
function canonicalName(name: string): string {
  const folded = name.toLowerCase().replace(/[\s_]/g, '-');
  return aliases[folded] ?? folded;
}

const aliases: Readonly<Record<string, string>> = {
  ...{
    utf8: 'utf-8',
    'utf-8-sig': 'utf-8',
    ascii: 'utf-8',
    'us-ascii': 'utf-8',
    utf16: 'utf-16',
    'utf-16-le': 'utf-16le',
  },
  ...{
    utf16le: 'utf-16le',
    utf16be: 'utf-16be',
    'utf-16-be': 'utf-16be',
    'utf-32-le': 'utf-32le',
    'utf-32-be': 'utf-32be',
  },
  ...{
    'euc-kr': 'cp949',
    euckr: 'cp949',
    'ks-c-5601-1987': 'cp949',
    uhc: 'cp949',
    ms949: 'cp949',
    'windows-949': 'cp949',
  },
  ...{ cp1361: 'johab', ms1361: 'johab', 'windows-1361': 'johab', 'x-johab': 'johab' },
  ...{ hz: 'hz-gb-2312', hzgb: 'hz-gb-2312', 'hz-gb': 'hz-gb-2312' },
  ...{ 'shift-jis': 'shift_jis', sjis: 'shift_jis', cp932: 'shift_jis', gb2312: 'gbk', cp936: 'gbk' },
  ...{ 'mac-roman': 'macroman', macintosh: 'macroman', 'x-mac-roman': 'macroman', 'mac-cyrillic': 'maccyrillic' },
  ...{ ibm437: 'cp437', ibm850: 'cp850', ibm852: 'cp852', ibm866: 'cp866', 'ibm-850': 'cp850', 'dos-850': 'cp850' },
  ...{ 'iso-8859-1': 'windows-1252', latin1: 'windows-1252', cp1252: 'windows-1252' },
};
