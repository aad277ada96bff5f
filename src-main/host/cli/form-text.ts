import type { AnswerForm } from '../../../src-contract/answer-form.ts';

/** To what form all answers were held, and what lets them be anything; nothing if to none. */
export function formText(form: AnswerForm | null | undefined): string[] {
  if (form == null) return [];
  const what = 'texts' in form ? `${kinds[form.kind]} ${form.texts.length} labels` : kinds[form.kind];
  return [`All answers were held to ${what}; --free-answers lets them be anything.`];
}

const kinds = {
  choices: 'one of',
  list: 'some of',
  json: 'JSON with the fields of the targets',
  number: 'numbers',
} as const;
