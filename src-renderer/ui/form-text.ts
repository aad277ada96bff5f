import type { AnswerForm } from '../../src-contract/answer-form.ts';
import { shortened } from '../../src-contract/shortened.ts';

/** How many labels or fields are named, and in how many characters. */
const [mostNamed, longestName] = [8, 40];

/** The labels of a form for a sentence: how many, and the first ones by name. JSON has none. */
export function formTerm(form: AnswerForm): { n: number; names: string } {
  const texts = 'texts' in form ? form.texts : [];
  return { n: texts.length, names: firstNames(texts) };
}

/** The first labels or fields for a sentence. */
export function firstNames(all: readonly string[]): string {
  const named = all.slice(0, mostNamed).map((name) => shortened(name, longestName));
  return [...named, ...(all.length > mostNamed ? ['…'] : [])].join(', ');
}
