import { fillIn } from '../../src-contract/fill-in.ts';
import { withParticles } from '../../src-contract/particle.ts';
import { en } from './en.ts';
import { number } from './format.ts';
import { isolated } from './isolated.ts';
import { ko } from './ko.ts';
import { locale } from './locale.svelte.ts';
import type { Message } from './message.ts';

export type TextKey = keyof typeof en;
export type Values = Readonly<Record<string, string | number>>;

/**
 * The text of a key in the language on screen. Numbers among the values get thousands separators, and `n` picks the
 * form. Read in markup or `$derived`, it follows a change of language.
 */
export function t(key: TextKey, values: Values = {}): string {
  const message: Message = locale.current === 'ko' ? ko[key] : en[key];
  const sentence = fillIn(chosenForm(message, values.n), values, inWords);
  return locale.current === 'ko' ? withParticles(sentence) : sentence;
}

/** True if there is a text under this key; for keys built from data, such as a reason's code. */
export function isTextKey(key: string): key is TextKey {
  return Object.hasOwn(en, key);
}

function chosenForm(message: Message, n: string | number | undefined): string {
  if (typeof message === 'string') return message;
  return n === 1 ? message.one : message.other;
}

function inWords(value: unknown): string {
  return typeof value === 'number' ? number(value) : isolated(String(value));
}
