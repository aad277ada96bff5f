import type { AnswerForm } from '../../../src-contract/answer-form.ts';

/** To what form all answers were held, and what lets them be anything; nothing if to none. */
export function formText(form: AnswerForm | null | undefined): string[] {
  if (form == null) return [];
  const what = form.kind === 'choices' ? `one of ${form.texts.length} labels` : kinds[form.kind];
  return [`All answers were held to ${what}; --free-answers lets them be anything.`];
}

const kinds = { json: 'JSON with the fields of the targets', number: 'numbers' } as const;
