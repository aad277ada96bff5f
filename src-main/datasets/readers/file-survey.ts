// Collects the evidence for a file's encoding in one pass, so that the guess is based on the whole file and not just
// its beginning.
import { isAscii, isUtf8 } from 'node:buffer';
import { basename } from 'node:path';
import { StudioError } from '../../../src-contract/errors.ts';
import { because } from '../../../src-contract/failure-reason.ts';
import { cutSequence } from './decoder.ts';
import { kindOfFile } from './file-kind.ts';
import { filePieces } from './file-pieces.ts';

export interface FileSurvey {
  readonly name: string;
  readonly bytes: number;
  /** How many bytes from the start were counted individually. */
  readonly counted: number;
  readonly head: Buffer;
  /** Up to 256 KB of the parts with non-ASCII bytes; all of the file if it is that small. */
  readonly beyondAscii: Buffer;
  /** Counted bytes above 0x7f, plus one for each later piece that has any. */
  readonly highBytes: number;
  readonly escapes: number;
  /** NUL bytes at even and odd offsets: lopsided in UTF-16. */
  readonly evenNuls: number;
  readonly oddNuls: number;
  /** Bytes that never occur in text, other than NUL. */
  readonly controls: number;
  /** The line (from 1) of the first invalid UTF-8, and the number of invalid places. */
  readonly brokenUtf8: { readonly line: number; readonly sequences: number } | undefined;
  /** NUL and Ctrl-Z (the old end-of-file mark) bytes at the very end: a file with more space allocated than written. */
  readonly endPadding: number;
  /**
   * Lines with non-ASCII letters that are valid UTF-8, and those that are not; counted only if something is invalid.
   */
  readonly lines: { readonly valid: number; readonly broken: number };
  /** Non-ASCII letters that are valid UTF-8; counted only if something is invalid. */
  readonly utf8Letters: number;
}

/**
 * Counts every byte of the file's first part; for the rest, runs only the fast checks. `refused` tells by the beginning
 * what is no text of the kind wanted. Throws FILE_NOT_FOUND, FILE_UNREADABLE, FILE_NOT_A_TABLE.
 */
export async function surveyFile(
  path: string,
  name: string,
  signal?: AbortSignal,
  refused: (head: Buffer) => string | undefined = kindOfFile,
): Promise<FileSurvey> {
  const counts = new Uint32Array(256);
  const beyondAscii: Buffer[] = [];
  let head: Buffer | undefined;
  let [bytes, counted, keptBytes, evenNuls, oddNuls, endPadding, highBytes, utf8Letters] = [0, 0, 0, 0, 0, 0, 0, 0];
  let tail: Buffer = Buffer.alloc(0);
  /** For the first invalid piece, `from` is its offset and `line` the line within it. */
  let broken: { from: number; line: number; sequences: number } | undefined;
  const checkUtf8 = (text: Buffer, from: number) => {
    if (isUtf8(text)) return;
    const { firstLine, sequences, letters } = findBrokenUtf8(text);
    broken = broken ? { ...broken, sequences: broken.sequences + sequences } : { from, line: firstLine, sequences };
    utf8Letters += letters;
  };
  try {
    for await (const chunk of filePieces(path, signal)) {
      if (!head) {
        const kind = refused(chunk);
        if (kind) throw new StudioError('FILE_NOT_A_TABLE', { file: name, found: kind });
        head = Buffer.from(chunk.subarray(0, lineFeedsIn(chunk.subarray(0, headBytes)) < 3 ? chunk.length : headBytes));
      }
      const plain = isAscii(chunk);
      if (bytes < countedBytes) {
        let high = 0;
        for (let place = 0; place < chunk.length; place++) {
          const byte = chunk[place] ?? 0;
          counts[byte] = (counts[byte] ?? 0) + 1;
          if (byte === 0) {
            if ((bytes + place) % 2 === 0) evenNuls++;
            else oddNuls++;
          } else if (byte >= 0x80) high++;
        }
        highBytes += high;
        counted += chunk.length;
      } else if (!plain) highBytes++;
      if (!plain && keptBytes < keptLimit) {
        beyondAscii.push(Buffer.from(chunk));
        keptBytes += chunk.length;
      }
      if (!plain || tail.length > 0) {
        const text = tail.length > 0 ? Buffer.concat([tail, chunk]) : chunk;
        const whole = text.length - cutSequence(text);
        checkUtf8(text.subarray(0, whole), bytes - tail.length);
        tail = Buffer.from(text.subarray(whole));
      }
      let last = chunk.length;
      while (last > 0 && (chunk[last - 1] === 0 || chunk[last - 1] === ctrlZ)) last--;
      endPadding = last === 0 ? endPadding + chunk.length : chunk.length - last;
      bytes += chunk.length;
    }
    if (tail.length > 0) checkUtf8(tail, bytes - tail.length);
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof StudioError ? error : fileError(error as NodeJS.ErrnoException, name);
  }
  const brokenUtf8 = broken && {
    line: (await lineFeedsBefore(path, broken.from, signal)) + broken.line,
    sequences: broken.sequences,
  };
  let controls = 0;
  const strange = head && areLinesParted(head) ? controlBytes : [...hiveSeparators, ...controlBytes];
  for (const byte of strange) controls += counts[byte] ?? 0;
  return {
    ...{ name, bytes, counted, head: head ?? Buffer.alloc(0) },
    ...{ beyondAscii: Buffer.concat(beyondAscii), highBytes, escapes: counts[0x1b] ?? 0 },
    ...{ evenNuls, oddNuls, endPadding, controls, brokenUtf8, utf8Letters },
    lines: broken ? await judgeLines(path, signal) : { valid: 0, broken: 0 },
  };
}

/** A read failure in words that help a person. */
export function fileError(error: NodeJS.ErrnoException, name: string): StudioError {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return new StudioError('FILE_NOT_FOUND', { file: name });
  const why =
    error.code === 'EACCES' || error.code === 'EPERM'
      ? because('READING_FORBIDDEN')
      : error.code === 'EISDIR'
        ? because('NOT_A_FILE')
        : error.code === undefined
          ? because('FILE_NOT_READ')
          : because('SYSTEM_SAYS', { code: error.code });
  return new StudioError('FILE_UNREADABLE', { file: name, ...why }, { cause: error });
}

export function isFileSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}

/** The file's name without folders, whichever system wrote the path. */
export function fileName(path: string): string {
  return basename(path.replaceAll('\\', '/'));
}

/** For the file's first part. Only lines with several non-ASCII bytes count: a single letter may be valid by chance. */
async function judgeLines(path: string, signal: AbortSignal | undefined): Promise<{ valid: number; broken: number }> {
  let [valid, broken, place] = [0, 0, 0];
  for await (const piece of filePieces(path, signal)) {
    // The first and last lines of a piece may be incomplete.
    for (let start = 0; start < piece.length; ) {
      const found = piece.indexOf(10, start);
      if (found < 0) break;
      const line = piece.subarray(start, found);
      start = found + 1;
      if (isAscii(line)) continue;
      const high = line.reduce((sum, byte) => sum + (byte >= 0x80 ? 1 : 0), 0);
      if (high < 6) continue;
      if (isUtf8(line)) valid++;
      else broken++;
    }
    place += piece.length;
    if (place >= judgedBytes) break;
  }
  return { valid, broken };
}

function lineFeedsIn(bytes: Buffer): number {
  let lineFeeds = 0;
  for (let found = bytes.indexOf(10); found >= 0; found = bytes.indexOf(10, found + 1)) lineFeeds++;
  return lineFeeds;
}

async function lineFeedsBefore(path: string, end: number, signal: AbortSignal | undefined): Promise<number> {
  let [place, lineFeeds] = [0, 0];
  for await (const chunk of filePieces(path, signal)) {
    const piece = chunk.subarray(0, end - place);
    lineFeeds += lineFeedsIn(piece);
    place += piece.length;
    if (place >= end) break;
  }
  return lineFeeds;
}

const judgedBytes = 4 * 1024 * 1024;
/** More if that is less than three lines: a header may have thousands of names. */
const headBytes = 64 * 1024;
const ctrlZ = 0x1a;
const keptLimit = 256 * 1024;
const countedBytes = 4 * 1024 * 1024;
/** The separators of Hive's tables, for cells and within cells. */
const hiveSeparators = [1, 2];
/**
 * Control characters except tab, line ends, form feed, escape and separators used in tables: those above and 0x1c-0x1f.
 */
const controlBytes = [3, 4, 5, 6, 7, 8, 11, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 0x7f];

/**
 * Whether one of Hive's separators occurs equally often in most lines, of which there must be two; in binary data it
 * occurs anywhere.
 */
function areLinesParted(head: Buffer): boolean {
  // Quoted text may contain line ends.
  const bare = head.toString('latin1').replaceAll(/"[^"]*"/g, '');
  const lines = bare.split(/[\r\n]+/).filter(Boolean);
  return hiveSeparators.some((byte) => {
    const found = lines.map((line) => line.split(String.fromCharCode(byte)).length - 1);
    const most = found.toSorted((a, b) => a - b)[Math.floor(found.length / 2)] ?? 0;
    return lines.length > 1 && most > 0 && found.filter((count) => count === most).length > lines.length * 0.6;
  });
}

/** Undecodable bytes become U+FFFD, one for each invalid sequence; rarely, text contains that character itself. */
function findBrokenUtf8(text: Buffer): { firstLine: number; sequences: number; letters: number } {
  const decoded = text.toString('utf8');
  const first = decoded.indexOf('\ufffd');
  // CESU-8 encodes each surrogate half of a supplementary character separately, which decodes to three U+FFFD for one
  // place.
  const halves = text.toString('latin1').match(/\xed[\xa0-\xbf][\x80-\xbf]/g)?.length ?? 0;
  const sequences = decoded.split('\ufffd').length - 1 - 2 * halves;
  return {
    firstLine: decoded.slice(0, first).split('\n').length,
    sequences,
    letters: decoded.match(/[^\0-\x7f\ufffd]/gu)?.length ?? 0,
  };
}
