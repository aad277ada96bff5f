import { z } from 'zod';
import type { AnswerForm } from './answer-form.ts';
import { isObject, JsonNumber, jsonIn } from './json-text.ts';

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

/** What an answer has in each of these fields; empty where it has nothing. */
export function fieldTexts(answer: string, fields: readonly string[]): readonly string[] {
  const value = jsonIn(answer)?.value;
  const found = value !== undefined && isObject(value) ? value : new Map();
  return fields.map((field) => {
    const single = found.get(field) ?? '';
    return single instanceof JsonNumber ? single.written : String(single);
  });
}

function isSingle(schema: unknown): boolean {
  const { type, anyOf } = (schema ?? {}) as { type?: unknown; anyOf?: unknown };
  if (Array.isArray(anyOf)) return anyOf.every(isSingle);
  return ['string', 'number', 'integer', 'boolean', 'null'].includes(String(type));
}
