import { z } from 'zod';
import type { AnswerForm } from './answer-form.ts';
import { isObject, JsonNumber, type JsonValue, jsonIn } from './json-text.ts';

/** More columns are hardly a table. */
const mostFields = 50;

/** A JSON Schema of an object without further levels. */
const flatSchema = z.object({
  type: z.literal('object'),
  properties: z.record(z.string(), z.unknown()).refine((properties) => Object.values(properties).every(isSingle)),
});

/** The fields that answers of a form have, each with a single value, so that a table has a column for each; none for others. */
export function answerFields(form: AnswerForm | null | undefined): readonly string[] {
  if (form?.kind !== 'json') return [];
  const { data } = flatSchema.safeParse(form.schema);
  const fields = Object.keys(data?.properties ?? {});
  return fields.length > mostFields ? [] : fields;
}

/** Those of them whose values are a few labels, or true and false. */
export function labelFields(form: AnswerForm | null | undefined): readonly string[] {
  const properties = form?.kind === 'json' ? flatSchema.safeParse(form.schema).data?.properties : undefined;
  return answerFields(form).filter((field) => {
    const types = alternativesOf(properties?.[field]).filter(({ type }) => type !== 'null');
    return types.length > 0 && types.every(({ type, enum: texts }) => type === 'boolean' || Array.isArray(texts));
  });
}

/** Whether answers are labels, lists of them, or objects with labels in some fields: how sure they are can be told. */
export function hasLabels(form: AnswerForm | null | undefined): boolean {
  return form?.kind === 'choices' || form?.kind === 'list' || labelFields(form).length > 0;
}

/** What an answer has in each of these fields; empty where it has nothing. */
export function fieldTexts(answer: string, fields: readonly string[]): readonly string[] {
  return valueTexts(jsonIn(answer)?.value, fields);
}

/** The same of an answer's JSON, if it has any. */
export function valueTexts(value: JsonValue | undefined, fields: readonly string[]): readonly string[] {
  const found = value !== undefined && isObject(value) ? value : new Map();
  return fields.map((field) => {
    const single = found.get(field) ?? '';
    return single instanceof JsonNumber ? single.written : String(single);
  });
}

function isSingle(schema: unknown): boolean {
  const single = ['string', 'number', 'integer', 'boolean', 'null'];
  return alternativesOf(schema).every(({ type }) => single.includes(String(type)));
}

interface Alternative {
  readonly type?: unknown;
  readonly enum?: unknown;
}

function alternativesOf(schema: unknown): readonly Alternative[] {
  const { anyOf, ...only } = (schema ?? {}) as Alternative & { anyOf?: unknown };
  return Array.isArray(anyOf) ? anyOf.flatMap(alternativesOf) : [only];
}
