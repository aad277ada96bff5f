import { cellOf, joined } from './cell-text.ts';
import { isObject } from './json-parse.ts';
import type { KnownShape, NamedValues } from './known-shape.ts';

interface Choice {
  readonly label: string;
  readonly text: string;
  /** The label is the record's, not only the letter of its place. */
  readonly isOwn: boolean;
}

/** How answers name the right choice; undefined if this one does not do it so. */
type Naming = (choices: readonly Choice[], answer: unknown) => Choice | undefined;

/**
 * All answers must name it the same way, and the first way of these is meant: “2” may be a text of the choices, or a
 * place among them from 0, and only all answers together show which. Numbers of JSON are places if all can be.
 */
const namings: readonly Naming[] = [
  (choices, answer) =>
    typeof answer === 'number' || typeof answer === 'bigint' || areLabelled(choices)
      ? undefined
      : choices.find(({ text }) => text.trim() === cellOf(answer).trim()),
  (choices, answer) =>
    areLabelled(choices) || !/^\s*\d{1,2}\s*$/.test(cellOf(answer)) ? undefined : choices[Number(answer)],
  (choices, answer) => {
    const right = cellOf(answer).trim();
    const labelled = choices.find(({ label }) => label.toLowerCase() === right.toLowerCase());
    return labelled ?? choices.find(({ text }) => text.trim() === right);
  },
];

/** Records with several texts of which one is right, or any may be said. */
export const choiceShapes: readonly KnownShape[] = [
  ...['choices', 'options'].flatMap((key) => namings.map((naming) => oneOfChoices(key, naming))),
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

/** Of a list of texts, or of lists of texts and their labels, as in ARC. */
function choicesOf(value: unknown): Choice[] {
  const [texts, labels] = isObject(value) ? [value.text, value.label] : [value, undefined];
  if (!isListOfTexts(texts)) return [];
  return texts.map((text, place) => {
    const isOwn = Array.isArray(labels);
    return { label: isOwn ? cellOf(labels[place]) : String.fromCodePoint(firstLabel + place), text, isOwn };
  });
}

const firstLabel = 'A'.charCodeAt(0);

function written({ label, text }: Choice): string {
  return `${label}. ${text}`;
}

function areLabelled(choices: readonly Choice[]): boolean {
  return choices.some(({ isOwn }) => isOwn);
}

function oneOfChoices(key: string, naming: Naming): KnownShape {
  const rightOf = (record: NamedValues) => {
    const choices = choicesOf(record[key]);
    const { answer, answerKey, answer_index: place, label, correct_answer: correct } = record;
    return choices.length < 2 ? undefined : naming(choices, answer ?? answerKey ?? correct ?? label ?? place);
  };
  return {
    ...{ name: 'choices', code: 'SHAPE_CHOICES', keys: ['question', key], nested: [key], takesObjects: true },
    columns: ['context', 'target'],
    fits: (record) => rightOf(record) !== undefined,
    derive: (record) => {
      const { passage, article, context, question } = record;
      const [right, shown] = [rightOf(record), choicesOf(record[key]).map(written).join('\n')];
      return [{ cells: [joined(passage ?? article ?? context, question, shown), right ? written(right) : ''] }];
    },
  };
}
