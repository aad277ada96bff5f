import type { AnswerForm } from '../../src-contract/answer-form.ts';
import { shortened } from '../../src-contract/shortened.ts';

/** How many labels are named, and in how many characters. */
const [mostNamed, longestName] = [8, 40];

/** The labels of a form for a sentence: how many, and the first ones by name. JSON has none. */
export function formTerm(form: AnswerForm): { n: number; names: string } {
  const texts = 'texts' in form ? form.texts : [];
  const named = texts.slice(0, mostNamed).map((text) => shortened(text, longestName));
  return { n: texts.length, names: [...named, ...(texts.length > mostNamed ? ['…'] : [])].join(', ') };
}
