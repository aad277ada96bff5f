import type { Judged, Pair } from './remains.ts';

/**
 * Letters in UTF-8 that a program has read as Western ones and stored like that, as in `donâ€™t` and `cafÃ©`, where the
 * rest of the file is right. Only what nobody writes is taken for that.
 */
export function judgeLetters({ context, target }: Pair): Judged {
  if (!possible.test(context) && !possible.test(target)) return { kind: 'none' };
  const isSure = [...sequencesIn(context), ...sequencesIn(target)].some(({ trust }) => trust === 'sure');
  if (!isSure) return { kind: 'none' };
  if (aboutEncodings.test(context) || aboutEncodings.test(target)) return { kind: 'meant' };
  const mended = { context: reread(context), target: reread(target) };
  const detail = changedWord(context, mended.context) ?? changedWord(target, mended.target) ?? '';
  return { kind: 'sure', detail, mended };
}

const aboutEncodings = /mojibake|utf-?8|unicode|encoding|인코딩/i;

/** The letters of Windows for the bytes from 0x80 on; undefined ones are controls, as browsers read them. */
const western = new TextDecoder('windows-1252').decode(Uint8Array.from({ length: 0x40 }, (_, n) => n + 0x80));
const byteOf = new Map([...western].map((letter, n) => [letter, n + 0x80]));
for (let byte = 0x80; byte <= 0xff; byte++) byteOf.set(String.fromCharCode(byte), byte);

const next = `[\u0080-\u00bf${western.slice(0, 0x20)}]`;
const sequence = `(?:[\u00c2-\u00df]${next}|[\u00e0-\u00ef]${next}{2}|[\u00f0-\u00f4]${next}{3})`;
const possible = new RegExp(sequence);
const [sequences, each] = [new RegExp(`${sequence}+`, 'g'), new RegExp(sequence, 'g')];

interface Sequence {
  readonly start: number;
  readonly end: number;
  readonly letter: string;
  /** Likely ones might be letters with a punctuation mark after them: right only beside sure ones. */
  readonly trust: 'sure' | 'likely' | 'none';
}

function sequencesIn(text: string): Sequence[] {
  return [...text.matchAll(sequences)].flatMap((run) => {
    const parts = [...run[0].matchAll(each)].map(({ 0: written, index }) => {
      return { start: run.index + index, written, letter: utf8Of(written) };
    });
    const foreign = parts.filter(isForeign).length;
    return parts.flatMap((part) => {
      const { start, written, letter } = part;
      if (letter === undefined) return [];
      // Two Chinese characters, or three Greek letters, are a word.
      const isWord = foreign >= (written.length === 2 ? 3 : 2);
      const trust = isForeign(part) ? (isWord ? 'sure' : 'none') : trustIn(text, { start, written, letter });
      return [{ start, end: start + written.length, letter, trust } as const];
    });
  });
}

/** Undefined if its bytes are no UTF-8, or for the sign of a letter that is lost. */
function utf8Of(written: string): string | undefined {
  const letter = Buffer.from(Array.from(written, (each) => byteOf.get(each) ?? 0)).toString('utf8');
  return letter.includes('\ufffd') ? undefined : letter;
}

/**
 * Letters beyond the Latin ones, of which one alone may be chance. The others begin signs, emoji and Vietnamese, or were
 * themselves misread.
 */
function isForeign({ written, letter }: { readonly written: string; readonly letter: string | undefined }): boolean {
  return letter !== undefined && !western.includes(letter) && !/^(?:[ÂÃÄÅâð]|á[º»]|ï[¸»])/.test(written);
}

function trustIn(text: string, { start, written, letter }: Pick<Sequence, 'start' | 'letter'> & { written: string }) {
  if (written.length === 4) return 'sure';
  if (/^[âï]/.test(written)) return /[\u2000-\u22ff\u2600-\u27bf]|\ufe0f|\ufeff/.test(letter) ? 'sure' : 'none';
  if ([...written.slice(1)].some((sign) => neverAfterLetter.includes(sign))) return 'sure';
  const before = text[start - 1] ?? '';
  // A capital in the middle of a word, or right after a full stop.
  const isOdd = written.length === 2 && (/\p{Ll}/u.test(before) || (written[0] === 'Â' && /[.,;:!?)%\d]/.test(before)));
  return isOdd ? 'sure' : 'likely';
}

/** The others end a word or a quotation, mark a name or a note, or number it. */
const neverAfterLetter = '¡¢£¤¥¦§¨©¬\u00ad¯°±´µ¶¸¼½¾¿ƒˆ‰Š‹ŒŽ˜šœžŸ';

const closingMark = new RegExp(`â€(?:\ufffd|(?!${next}))`, 'g');

/** Read anew as often as they were misread. */
function reread(text: string): string {
  let read = text;
  for (let pass = 0; pass < 3; pass++) {
    // Of the closing quotation mark most programs lose the last byte, which Windows has no letter for.
    if (read.includes('â€œ')) read = read.replace(closingMark, '”');
    let place = 0;
    const pieces: string[] = [];
    for (const { start, end, letter, trust } of sequencesIn(read)) {
      if (trust === 'none') continue;
      pieces.push(read.slice(place, start), letter === '\ufeff' ? '' : letter);
      place = end;
    }
    if (place === 0) break;
    read = pieces.join('') + read.slice(place);
  }
  return read;
}

/** The first word that differs, as it is and as it is to be. */
function changedWord(text: string, mended: string): string | undefined {
  if (text === mended) return undefined;
  let same = 0;
  while (text[same] === mended[same]) same++;
  const start = same - (/\S*$/.exec(text.slice(Math.max(0, same - 60), same))?.[0].length ?? 0);
  const wordOf = (whole: string) => /^\S{0,60}/.exec(whole.slice(start))?.[0] ?? '';
  return `${wordOf(text)} → ${wordOf(mended)}`;
}
