import type { AnswerForm } from '../../../src-contract/answer-form.ts';
import { decimal } from './decimal.ts';
import type { GrammarState } from './grammar-state.ts';
import { jsonGrammarOf } from './json-grammar-of.ts';
import { textList } from './text-list.ts';

/** What answers of a form are held to; single choices have a guide of their own, `ChoiceGuide`. */
export function formGrammar(form: Exclude<AnswerForm, { kind: 'choices' }>): GrammarState {
  switch (form.kind) {
    case 'list':
      return textList(form);
    case 'number':
      return decimal(form);
    case 'json':
      return jsonGrammarOf(form.schema);
    default:
      return form satisfies never;
  }
}
