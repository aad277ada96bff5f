import type { Evaluation } from '../../src-contract/evaluation.ts';
import type { AnswerLanguage } from '../../src-contract/language.ts';
import { answerLanguageOf } from '../tasks/metrics/answer-language.ts';

/** The language in which answers to the rows are compared unless one is chosen: that of the first ones. */
export function rowsLanguage(rows: readonly { readonly context: string; readonly target: string }[]): AnswerLanguage {
  return answerLanguageOf(rows.slice(0, 50).flatMap(({ context, target }) => [context, target]));
}

/** The language in which the answers of an evaluation were compared; earlier versions did not keep it. */
export function evaluationLanguage(
  { provenance }: Pick<Evaluation, 'provenance'>,
  rows: Parameters<typeof rowsLanguage>[0],
): AnswerLanguage {
  return provenance?.language ?? rowsLanguage(rows);
}
