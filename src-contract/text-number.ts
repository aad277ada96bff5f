/** A number as a text gives it, and what stands around it: a currency, a unit, a per cent sign. */
export interface TextNumber {
  readonly value: number;
  /** As JSON writes it, with all its decimals. */
  readonly plain: string;
  readonly around: string;
}

/**
 * The number that a text is, alone or with a few signs or letters around it (“$1,250.50”, “12 %”, “3,5 kg”). Undefined
 * for other texts: those with several numbers (dates, times, phone numbers), and numbers that only name something
 * (“007”, “A-12”).
 */
export function numberOf(text: string): TextNumber | undefined {
  const [, before = '', digits = '', after = ''] = wholeText.exec(text.trim()) ?? [];
  const size = plainDigits(digits);
  // A letter right before a number makes it a name.
  if (size === undefined || /\p{L}[-+−]?$/u.test(before)) return undefined;
  const around = [before.replace(/[-+−]/g, ''), after].map((part) => part.trim().toLowerCase());
  const plain = `${isMinus.test(before) ? '-' : ''}${size}`;
  return { value: Number(plain), plain, around: around.join(' ').trim() };
}

/** The only number in a text of any words; undefined if there is none, or more than one. */
export function onlyNumberIn(text: string): number | undefined {
  const [found, ...others] = text.matchAll(inText);
  if (found === undefined || others.length > 0) return undefined;
  const [, minus = '', digits = ''] = found;
  const size = plainDigits(digits);
  return size === undefined ? undefined : Number(`${minus === '' ? '' : '-'}${size}`);
}

/** Whether a text is a number as JSON has it, without an exponent. */
export function isPlainNumber(text: string): boolean {
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(text);
}

/** Blanks may part thousands. */
const someDigits = String.raw`\d(?:[\d.,'’\u00a0\u202f ]*\d)?`;
/** Units have longer names than currencies; more is a sentence. */
const wholeText = new RegExp(String.raw`^(\D{0,5}?)(${someDigits})(\D{0,12})$`, 'u');
const inText = new RegExp(String.raw`(?<![\p{L}\p{N}])([-−]?)(?:\p{Sc}[ \u00a0]?)?(${someDigits})`, 'gu');
const isMinus = /[-−][ \u00a0]?(?:\p{Sc}[ \u00a0]?)?$/u;
/** Nothing with zeros in front; thousands are parted by the same mark. */
const wholeNumber = /^(?:0|[1-9]\d*|[1-9]\d{0,2}([.,' ])\d{3}(?:\1\d{3})*)$/;

/** Undefined for digits that are no number. */
function plainDigits(digits: string): string | undefined {
  const text = digits.replace(/’/g, "'").replace(/[\u00a0\u202f]/g, ' ');
  const decimal = decimalMark(text);
  const end = decimal === undefined ? text.length : text.lastIndexOf(decimal);
  const [whole, fraction] = [text.slice(0, end), text.slice(end + 1)];
  if (!wholeNumber.test(whole) || !/^\d*$/.test(fraction)) return undefined;
  return whole.replace(/\D/g, '') + (fraction === '' ? '' : `.${fraction}`);
}

/** Of commas and points the last; a single comma before three last digits parts thousands, a single point does not. */
function decimalMark(text: string): ',' | '.' | undefined {
  const [commas, points] = [text.split(',').length - 1, text.split('.').length - 1];
  if (commas > 0 && points > 0) return text.lastIndexOf(',') > text.lastIndexOf('.') ? ',' : '.';
  if (points === 1) return '.';
  return commas === 1 && !/,\d{3}$/.test(text) ? ',' : undefined;
}
