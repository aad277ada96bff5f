import type { AnswerForm } from '../../../src-contract/answer-form.ts';

/** To what form all answers were held, and what lets them be anything; nothing if to none. */
export function formText(form: AnswerForm | null | undefined): string[] {
  if (form == null) return [];
  const what = form.kind === 'json' ? 'JSON with the fields of the targets' : `one of ${form.texts.length} labels`;
  return [`All answers were held to ${what}; --free-answers lets them be anything.`];
}
