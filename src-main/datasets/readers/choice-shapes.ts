import { cellOf, joined } from './cell-text.ts';
import { isObject } from './json-parse.ts';
import type { KnownShape, NamedValues } from './known-shape.ts';

/** Records with several texts of which one is right, or any may be said. */
export const choiceShapes: readonly KnownShape[] = [
  ...['choices', 'options'].map((key): KnownShape => {
    return {
      ...{ name: 'choices', code: 'SHAPE_CHOICES', keys: ['question', key], nested: [key], takesObjects: true },
      columns: ['context', 'target'],
      fits: (record) => rightOf(record, key) !== undefined,
      derive: (record) => {
        const { passage, article, context, question } = record;
        const shown = choicesOf(record[key]).map(written).join('\n');
        return [{ cells: [joined(passage ?? article ?? context, question, shown), rightOf(record, key) ?? ''] }];
      },
    };
  }),
  ...['answers', 'answer'].map((key): KnownShape => {
    return {
      ...{ name: 'answers', code: 'SHAPE_ANSWERS', keys: ['question', key], nested: [key], takesObjects: true },
      columns: ['answer'],
      fits: ({ [key]: answers }) => firstAnswer(answers) !== undefined,
      derive: ({ [key]: answers }) => [{ cells: [firstAnswer(answers) ?? cellOf(answers)] }],
    };
  }),
  {
    // Chatbots are commonly taught from phrases of a tag, and what to answer to any of them.
    ...{ name: 'intents', code: 'SHAPE_INTENTS', keys: ['patterns', 'responses'], nested: ['patterns', 'responses'] },
    columns: ['context', 'target'],
    fits: ({ patterns, responses }) => isListOfTexts(patterns) && isListOfTexts(responses),
    derive: ({ patterns, responses }) => {
      const [asked, answers] = [patterns, responses].map((list) => (isListOfTexts(list) ? list : []));
      const rows = (asked ?? []).map((text, place) => ({ cells: [text, answers?.[place % answers.length] ?? ''] }));
      return rows.length > 0 ? rows : [{ cells: ['', answers?.[0] ?? ''] }];
    },
  },
];

export function isListOfTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}

/**
 * The first of `{text: [...]}`, of a list of `{text}`, or of a list of texts; `value` of `{value, aliases}`. Empty if
 * there is no answer, undefined for any other value.
 */
export function firstAnswer(answers: unknown): string | undefined {
  if (typeof answers !== 'object' || answers === null) return undefined;
  const list = Array.isArray(answers)
    ? (answers as unknown[])
    : 'text' in answers
      ? answers.text
      : statedAnswer(answers);
  if (!Array.isArray(list)) return typeof list === 'string' ? list : undefined;
  const [first] = list as unknown[];
  if (first === undefined || typeof first === 'string') return first ?? '';
  return typeof first === 'object' && first !== null && 'text' in first ? cellOf(first.text) : undefined;
}

/** TriviaQA's. */
function statedAnswer(answers: object): unknown {
  return 'aliases' in answers && 'value' in answers ? answers.value : undefined;
}

interface Choice {
  readonly label: string;
  readonly text: string;
}

/** Of a list of texts, or of lists of texts and their labels, as in ARC. */
function choicesOf(value: unknown): Choice[] {
  const [texts, labels] = isObject(value) ? [value.text, value.label] : [value, undefined];
  if (!isListOfTexts(texts)) return [];
  return texts.map((text, place) => {
    const label = Array.isArray(labels) ? cellOf(labels[place]) : String.fromCodePoint(firstLabel + place);
    return { label, text };
  });
}

const firstLabel = 'A'.charCodeAt(0);

function written({ label, text }: Choice): string {
  return `${label}. ${text}`;
}

/** The right choice, which is named by its label, its text, or its place from 0; undefined if none is. */
function rightOf(record: NamedValues, key: string): string | undefined {
  const choices = choicesOf(record[key]);
  if (choices.length < 2) return undefined;
  const { answer, answerKey, answer_index: place, label, correct_answer: correct } = record;
  const right = cellOf(answer ?? answerKey ?? correct ?? label ?? place).trim();
  const found =
    choices.find((choice) => choice.label.toLowerCase() === right.toLowerCase()) ??
    choices.find(({ text }) => text === right) ??
    (/^\d{1,2}$/.test(right) ? choices[Number(right)] : undefined);
  return found === undefined ? undefined : written(found);
}
