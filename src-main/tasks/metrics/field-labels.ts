import { valueFields, valueTexts } from '../../../src-contract/answer-fields.ts';
import { isObject } from '../../../src-contract/json-text.ts';
import type { LabelResults } from '../../../src-contract/label-results.ts';
import type { AnswerLanguage } from '../../../src-contract/language.ts';
import type { JsonRow } from './field-results.ts';
import { labelResults } from './label-results.ts';

/**
 * Label by label, each field of targets that are objects in JSON, or of objects within, if it has one of a few labels, or
 * true or false.
 */
export function fieldLabelResults(rows: readonly JsonRow[], language: AnswerLanguage): LabelResults[] {
  const fields = labelFieldsOf(rows);
  const texts = rows.map(({ target, answers }) => ({
    target: valueTexts(target?.value, fields),
    answers: answers.map((answer) => valueTexts(answer?.value, fields)),
  }));
  return fields.flatMap((field, at) => {
    const ofField = texts.map(({ target, answers }) => ({
      target: target[at] ?? '',
      answers: answers.map((each) => ({ text: each[at] ?? '' })),
    }));
    const told = labelResults(ofField, language);
    return told === undefined ? [] : [{ ...told, field }];
  });
}

/** The fields that have a text, or a truth value, and nothing else. */
function labelFieldsOf(rows: readonly JsonRow[]): string[] {
  const areLabels = new Map<string, boolean>();
  for (const { target } of rows) {
    const value = target?.value;
    if (value === undefined || !isObject(value)) continue;
    for (const { name, value: inner } of valueFields(value)) {
      if (inner === null || (!areLabels.has(name) && areLabels.size === mostFields)) continue;
      const isLabel = typeof inner === 'string' || typeof inner === 'boolean';
      areLabels.set(name, isLabel && areLabels.get(name) !== false);
    }
  }
  return [...areLabels].filter(([, are]) => are).map(([field]) => field);
}

/** More are keys that are data. */
const mostFields = 50;
