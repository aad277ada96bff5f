import type { FindingCode } from '../../../src-contract/finding.ts';
import { type CheckedRow, type Detector, type FlaggedRow, flag } from './detector.ts';

/** E-mail addresses, phone numbers and payment cards: recognised by their form, so a person must check. */
export class PrivateData implements Detector {
  *take(row: CheckedRow): Generator<FlaggedRow> {
    for (const { code, find } of kinds) {
      const found = find(row.target) ?? find(row.context);
      if (found !== undefined) yield flag(code, row, found);
    }
  }

  /** Everything is flagged immediately. */
  finish(): FlaggedRow[] {
    return [];
  }
}

/** Replaces everything found of one kind by a word in brackets. */
export function maskPrivate(code: FindingCode, text: string): string {
  const kind = kinds.find((each) => each.code === code);
  return kind ? kind.mask(text) : text;
}

interface Kind {
  readonly code: FindingCode;
  find(text: string): string | undefined;
  mask(text: string): string;
}

// Korean, Chinese and Japanese are written directly before and after a number or an address: `010-1234-5678입니다`.
const unspaced = String.raw`\p{scx=Hang}\p{scx=Hani}\p{scx=Hira}\p{scx=Kana}`;
const spaced = String.raw`[\p{L}--[${unspaced}]]`;
const emailPattern = new RegExp(
  String.raw`[\p{L}\p{N}._%+\-]{1,64}@(?:[\p{L}\p{N}\-]{1,63}\.){1,5}(?:${spaced}{2,24}|\p{L}{2,24})`,
  'gv',
);
/**
 * Digits in groups, with a country code or a leading 0, or ten digits in North American notation. Without groups only
 * those behind a plus sign (E.164) and Korean mobile numbers: others are mostly ids and times.
 */
const phonePattern = new RegExp(
  String.raw`(?<![${spaced}\p{N}.,\/\-]|\p{N}:)(?:\+\d{1,3}[ .\-]?(?:\(0?\d{1,4}\)[ .\-]?|\d{1,4}[ .\-])(?:\d{2,4}[ .\-]?){1,4}\d{2,4}|\+[1-9]\d{9,13}|010\d{8}|0\d{1,4}[ \-]\d{3,4}[ \-]\d{4}|\(\d{3}\) ?\d{3}-\d{4}|\d{3}-\d{3}-\d{4})(?![${spaced}\p{N}\-])`,
  'gv',
);
const cardPattern = new RegExp(String.raw`(?<![${spaced}\p{N}.,\-])\d(?:[ \-]?\d){12,18}(?![${spaced}\p{N}\-])`, 'gv');

const kinds: readonly Kind[] = [
  kindOf('PRIVATE_EMAIL', emailPattern, '[email]', () => true, '@'),
  kindOf('PRIVATE_CARD', cardPattern, '[card]', isCard),
  kindOf('PRIVATE_PHONE', phonePattern, '[phone]', (found) => digitsOf(found).length >= 9 && !isCard(found)),
];

/** `hint`: the pattern need not be tried on texts without it. */
function kindOf(
  code: FindingCode,
  pattern: RegExp,
  word: string,
  counts: (found: string) => boolean,
  hint?: string,
): Kind {
  return {
    code,
    find: (text) =>
      (hint === undefined ? !/\d/.test(text) : !text.includes(hint))
        ? undefined
        : (text.match(pattern) ?? []).find((found) => counts(found)),
    mask: (text) => text.replace(pattern, (found) => (counts(found) ? word : found)),
  };
}

/** 13 to 19 digits in a card company's range with a valid check digit (Luhn, ISO/IEC 7812-1). */
function isCard(found: string): boolean {
  const digits = digitsOf(found);
  if (digits.length < 13 || digits.length > 19 || !/^(?:3[0-9]|4|5[0-9]|2[2-7]|6[0-9])/.test(digits)) return false;
  if (new Set(digits).size === 1) return false;
  let sum = 0;
  [...digits].reverse().forEach((digit, place) => {
    const value = Number(digit) * (place % 2 === 1 ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  });
  return sum % 10 === 0;
}

function digitsOf(text: string): string {
  return text.replace(/\D/g, '');
}
