import { z } from 'zod';
import { StudioError } from './errors.ts';
import { because } from './failure-reason.ts';

const mostLetters = 200;
/** Line breaks, what turns the direction of writing, what else a screen obeys, and halves of a letter. */
const unwritable = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu;
/** Blanks, the Hangul and the Braille ones among them, and what has no width. */
const unseen = /[\p{Z}\p{C}\u115f\u1160\u2800\u3164\uffa0]/gu;

/** A name that a person gives, without the blanks around it. Throws OPTION_INVALID for one that could not be told or found again. */
export const nameSchema = z.string().transform((given) => {
  const name = given.trim();
  if (isUnseen(name)) throw unusable(because('NAME_UNSEEN'));
  if (name.search(unwritable) >= 0) throw unusable(because('NAME_UNWRITABLE'));
  if (name.length > mostLetters) throw unusable(because('NAME_TOO_LONG', { most: mostLetters }));
  return name;
});

/** Words that were given for something else, as of a file or a question, as a name; empty where nothing of them can be seen. */
export function nameFrom(words: string, most = mostLetters): string {
  const name = words.replace(unwritable, ' ').replace(/\s+/g, ' ').trim().slice(0, most);
  // The cut may have gone through a letter of two halves.
  return isUnseen(name) ? '' : name.replace(/\p{Cs}$/u, '').trim();
}

function isUnseen(name: string): boolean {
  return name.replace(unseen, '') === '';
}

function unusable(why: ReturnType<typeof because<'NAME_UNSEEN'>>): StudioError {
  return new StudioError('OPTION_INVALID', { option: 'name', ...why });
}
