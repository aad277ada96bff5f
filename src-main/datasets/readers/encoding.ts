import chardet from 'chardet';
import iconv from 'iconv-lite';
import { StudioError } from '../../../src-contract/errors.ts';
import type { FileSurvey } from './file-survey.ts';

export interface EncodingChoice {
  readonly encoding: string;
  /** Bytes of a byte order mark, to be skipped. */
  readonly bomBytes: number;
  /** One plain sentence. */
  readonly reason: string;
}

/**
 * The encoding that the evidence speaks for, or the one that was named. Throws FILE_NOT_A_TABLE for binary data,
 * FILE_ENCODING when the file is not in the encoding, OPTION_INVALID for an encoding that nobody knows.
 */
export function chooseEncoding(survey: FileSurvey, named: string | undefined): EncodingChoice {
  const mark = byteOrderMark(survey);
  if (named !== undefined) return namedEncoding(survey, named, mark);
  if (mark) {
    if (mark.encoding === 'utf-8' && mark.bomBytes === 3) refuseBrokenUtf8(survey);
    return { ...mark, reason: `A byte order mark at the start says ${mark.encoding.toUpperCase()}.` };
  }
  const wide = wideEncoding(survey);
  if (wide)
    return {
      encoding: wide,
      bomBytes: 0,
      reason: `Zero bytes stand beside delimiters and line ends, as in ${wide.toUpperCase()}.`,
    };
  refuseBinary(survey);
  if (survey.highBytes === 0) {
    if (survey.escapes > 0 && japaneseEscapes.some((sequence) => survey.head.includes(sequence))) {
      return {
        encoding: 'iso-2022-jp',
        bomBytes: 0,
        reason: 'Escape sequences switch to Japanese, as in ISO-2022-JP.',
      };
    }
    return { encoding: 'utf-8', bomBytes: 0, reason: 'All letters are plain ASCII, which UTF-8 contains.' };
  }
  if (!survey.brokenUtf8) {
    return { encoding: 'utf-8', bomBytes: 0, reason: 'All bytes of the file are valid UTF-8.' };
  }
  // A legacy encoding breaks nearly every letter beyond ASCII; a few broken ones among many good ones are damage.
  if (survey.brokenUtf8.sequences * 20 < survey.highBytes) refuseBrokenUtf8(survey);
  const legacy = legacyEncoding(survey.beyondAscii);
  return {
    encoding: legacy,
    bomBytes: 0,
    reason: `The bytes are not valid UTF-8 (line ${survey.brokenUtf8.line}); their pattern fits ${legacy} best.`,
  };
}

export interface Decoder {
  write(bytes: Buffer): string;
  end(): string;
}

export function createDecoder(encoding: string): Decoder {
  if (viaTextDecoder.has(encoding)) {
    const decoder = new TextDecoder(encoding, { ignoreBOM: true });
    return { write: (bytes) => decoder.decode(bytes, { stream: true }), end: () => decoder.decode() };
  }
  const decoder = iconv.getDecoder(encoding, { stripBOM: false });
  return { write: (bytes) => decoder.write(bytes), end: () => decoder.end() ?? '' };
}

/** True when a replacement character can only come from bytes that were not understood. */
export function isStrict(encoding: string): boolean {
  return !encoding.startsWith('utf-');
}

const japaneseEscapes = ['\x1b$B', '\x1b$@', '\x1b(J'];

const viaTextDecoder = new Set(['utf-8', 'utf-16le', 'utf-16be', 'iso-2022-jp']);

function byteOrderMark({ head, evenNuls, oddNuls, highBytes }: FileSurvey): Omit<EncodingChoice, 'reason'> | undefined {
  const starts = (...bytes: number[]) => bytes.every((byte, place) => head[place] === byte);
  if (starts(0xef, 0xbb, 0xbf)) return { encoding: 'utf-8', bomBytes: 3 };
  if (starts(0xff, 0xfe, 0, 0)) return { encoding: 'utf-32le', bomBytes: 4 };
  if (starts(0, 0, 0xfe, 0xff)) return { encoding: 'utf-32be', bomBytes: 4 };
  const wide = starts(0xff, 0xfe) ? 'utf-16le' : starts(0xfe, 0xff) ? 'utf-16be' : undefined;
  if (!wide) return undefined;
  // A file that is plain ASCII behind the mark was marked by mistake: a line end alone has a zero byte in UTF-16.
  return { encoding: evenNuls + oddNuls === 0 && highBytes === 2 ? 'utf-8' : wide, bomBytes: 2 };
}

/** UTF-16 or UTF-32 without a mark: delimiters, blanks and line ends come as an ASCII byte beside a zero byte. */
function wideEncoding({ head, bytes, evenNuls, oddNuls }: FileSurvey): string | undefined {
  const nuls = evenNuls + oddNuls;
  if (nuls < bytes * 0.02 || nuls < 2) return undefined;
  if (nuls > bytes * 0.6 && bytes % 4 === 0) return head[0] === 0 ? 'utf-32be' : 'utf-32le';
  let [little, big] = [0, 0];
  for (let place = 0; place + 1 < head.length; place += 2) {
    const [first = 0, second = 0] = head.subarray(place, place + 2);
    if (second === 0 && isPlainText(first)) little++;
    else if (first === 0 && isPlainText(second)) big++;
  }
  if (Math.max(little, big) < head.length * 0.02) return undefined;
  if (little > big * 2) return 'utf-16le';
  return big > little * 2 ? 'utf-16be' : undefined;
}

function isPlainText(byte: number): boolean {
  return (byte >= 0x20 && byte < 0x7f) || byte === 9 || byte === 10 || byte === 13;
}

function refuseBinary(survey: FileSurvey): void {
  const strange = survey.controls + survey.evenNuls + survey.oddNuls;
  const limit = survey.brokenUtf8 ? 0.03 : 0.3;
  if (strange > survey.bytes * limit) {
    throw new StudioError('FILE_NOT_A_TABLE', { file: survey.name, found: 'binary data' });
  }
}

function refuseBrokenUtf8(survey: FileSurvey): void {
  if (!survey.brokenUtf8) return;
  throw new StudioError('FILE_ENCODING', { file: survey.name, encoding: 'UTF-8', line: survey.brokenUtf8.line });
}

function namedEncoding(
  survey: FileSurvey,
  named: string,
  mark: Omit<EncodingChoice, 'reason'> | undefined,
): EncodingChoice {
  const encoding = canonicalName(named);
  const endian = encoding === 'utf-16' ? (mark?.encoding ?? wideEncoding(survey) ?? 'utf-16le') : encoding;
  if (!viaTextDecoder.has(endian) && !iconv.encodingExists(endian)) {
    throw new StudioError('OPTION_INVALID', { option: 'encoding', reason: `“${named}” is not known here` });
  }
  if (endian === 'utf-8') refuseBrokenUtf8(survey);
  return { encoding: endian, bomBytes: mark?.encoding === endian ? mark.bomBytes : 0, reason: 'You chose it.' };
}

/** The names that people and detectors use, as one spelling. EUC-KR is read as CP949, which contains it. */
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
  ...{ 'shift-jis': 'shift_jis', sjis: 'shift_jis', cp932: 'shift_jis', gb2312: 'gbk', cp936: 'gbk' },
  ...{ 'iso-8859-1': 'windows-1252', latin1: 'windows-1252', cp1252: 'windows-1252' },
};

/** The likeliest encoding under which the sample decodes without a hole. */
function legacyEncoding(sample: Buffer): string {
  const text = linesBeyondAscii(sample);
  if (isKorean(text)) return 'cp949';
  const candidates = chardet
    .analyse(text)
    .map(({ name }) => canonicalName(name))
    .filter((name) => !name.startsWith('utf-') && iconv.encodingExists(name));
  for (const encoding of [...candidates, 'windows-1252']) {
    // The last characters may be cut by the sample's end.
    if (!iconv.decode(text, encoding).slice(0, -2).includes('\ufffd')) return encoding;
  }
  return 'windows-1252';
}

/** Only the lines that tell encodings apart: much ASCII between them makes the detector guess. */
function linesBeyondAscii(sample: Buffer): Buffer {
  const lines: Buffer[] = [];
  let bytes = 0;
  for (let start = 0; start < sample.length && bytes < 32 * 1024; ) {
    const found = sample.indexOf(10, start);
    const end = found < 0 ? sample.length : found + 1;
    const line = sample.subarray(start, end);
    if (line.some((byte) => byte >= 0x80)) bytes += lines[lines.push(line) - 1]?.length ?? 0;
    start = end;
  }
  return Buffer.concat(lines);
}

/**
 * The detector (chardet 2.2) takes short Korean samples for Western ones. Read as CP949, Western text leaves holes, and
 * Chinese and Japanese text gives Hanja and kana besides Hangul.
 */
function isKorean(sample: Buffer): boolean {
  const text = iconv.decode(sample, 'cp949').slice(0, -2);
  const beyondAscii = text.match(/[^\0-\x7f]/gu)?.length ?? 0;
  const hangul = text.match(/[\uac00-\ud7a3]/gu)?.length ?? 0;
  return !text.includes('\ufffd') && hangul >= beyondAscii * 0.85;
}
