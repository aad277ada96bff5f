import { z } from 'zod';
import { StudioError } from './errors.ts';
import { because } from './failure-reason.ts';
import { letterStart } from './shortened.ts';

const mostLetters = 200;
/** Line breaks, bidirectional formatting characters, other control characters, and lone surrogates. */
const unwritable = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu;
/** Characters that show nothing and join nothing: with one of them, a name looks like another and cannot be typed. */
const weightless = /[\u00ad\u061c\u180e\u200b\u200e\u200f\u2060-\u2064\ufeff]/gu;
/** Blanks, including the Hangul and Braille ones, and zero-width characters. */
const unseen = /[\p{Z}\p{C}\u115f\u1160\u2800\u3164\uffa0]/gu;

/** A name given by a person, trimmed and composed (NFC), as it is typed to find it. Throws OPTION_INVALID for one that could not be shown or found again. */
export const nameSchema = z.string().transform((given) => {
  const name = given.replace(weightless, '').trim().normalize();
  if (isUnseen(name)) throw unusable(because('NAME_UNSEEN'));
  if (name.search(unwritable) >= 0) throw unusable(because('NAME_UNWRITABLE'));
  if (name.length > mostLetters) throw unusable(because('NAME_TOO_LONG', { most: mostLetters }));
  return name;
});

/** A text on one line that no character in it can turn around. */
export function writable(words: string): string {
  return words.replace(unwritable, ' ');
}

/** A name derived from other text, such as a file name or a question; empty if none of it is visible. */
export function nameFrom(words: string, most = mostLetters): string {
  const whole = writable(words.normalize()).replace(weightless, '').replace(/\s+/g, ' ').trim();
  const name = whole.slice(0, letterStart(whole, most)).trim();
  return isUnseen(name) ? '' : name;
}

/** A name derived from a text of any length: one that was cut says so. */
export function titleFrom(words: string, most: number): string {
  const title = nameFrom(words, most);
  return title.length < nameFrom(words).length ? `${title}…` : title;
}

/** The wanted name, or that name with the first number that makes it free: a number is the same in every language. */
export function freeName(wanted: string, isTaken: (name: string) => boolean): string {
  let name = wanted;
  for (let number = 2; isTaken(name); number++) name = `${wanted} ${number}`;
  return name;
}

function isUnseen(name: string): boolean {
  return name.replace(unseen, '') === '';
}

function unusable(why: ReturnType<typeof because<'NAME_UNSEEN'>>): StudioError {
  return new StudioError('OPTION_INVALID', { option: 'name', ...why });
}
