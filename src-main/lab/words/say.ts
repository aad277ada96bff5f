import type { LabLanguage } from '../../../src-contract/lab.ts';
import { en } from './en.ts';
import { ko } from './ko.ts';

export type WordKey = keyof typeof en;
export type Say = (key: WordKey, values?: Readonly<Record<string, string | number>>) => string;

/** The lab's texts in one language. The main process words results, so that pages, files and the command line agree. */
export function sayIn(language: LabLanguage): Say {
  const words: Readonly<Record<WordKey, string>> = language === 'ko' ? ko : en;
  return (key, values = {}) =>
    words[key].replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}
