import { z } from 'zod';
import type { AnswerForm } from './answer-form.ts';
import { isObject, JsonNumber, type JsonObject, type JsonValue, jsonIn } from './json-text.ts';

/** More columns are hardly a table. */
const mostFields = 50;

/** A JSON Schema of an object. */
const objectSchema = z.object({ type: z.literal('object'), properties: z.record(z.string(), z.unknown()) });

/** A field of the answers, by the keys that lead to it, and what it may be. */
interface FormField {
  readonly keys: readonly string[];
  readonly alternatives: readonly Alternative[];
}

/**
 * The fields that answers of a form have, each with a single value, so that a table has a column for each; none if some
 * have lists. One within another is named by its path: `customer.type`.
 */
export function answerFields(form: AnswerForm | null | undefined): readonly string[] {
  const fields = formFields(form);
  return fields.length <= mostFields && fields.every(isSingle) ? namesOf(fields) : [];
}

/** Those of the fields whose values are a few labels, or true and false. */
export function labelFields(form: AnswerForm | null | undefined): readonly string[] {
  const fields = formFields(form);
  return fields.length <= mostFields ? namesOf(fields.filter(hasFew)) : [];
}

/** Whether answers are labels, lists of them, or objects with labels in some fields: how sure they are can be told. */
export function hasLabels(form: AnswerForm | null | undefined): boolean {
  return form?.kind === 'choices' || form?.kind === 'list' || labelFields(form).length > 0;
}

/** The keys that lead to a field of answers of a form. */
export function fieldKeys(form: AnswerForm | null | undefined, field: string): readonly string[] {
  return formFields(form).find(({ keys }) => nameOf(keys) === field)?.keys ?? [field];
}

/** What an answer has in each of these fields; empty where it has nothing. */
export function fieldTexts(answer: string, fields: readonly string[]): readonly string[] {
  return valueTexts(jsonIn(answer)?.value, fields);
}

/** The same of an answer's JSON, if it has any. */
export function valueTexts(value: JsonValue | undefined, fields: readonly string[]): readonly string[] {
  const found = new Map(
    value === undefined || !isObject(value) ? [] : [...valueFields(value)].map(({ name, value }) => [name, value]),
  );
  return fields.map((field) => {
    const single = found.get(field) ?? '';
    return single instanceof JsonNumber ? single.written : String(single);
  });
}

/** The fields of an object, those of objects within it by their paths. Lists are not looked into. */
export function* valueFields(
  object: JsonObject,
  above: readonly string[] = [],
): Generator<{ readonly name: string; readonly keys: readonly string[]; readonly value: JsonValue }> {
  for (const [key, value] of object) {
    const keys = [...above, key];
    if (isObject(value)) yield* valueFields(value, keys);
    else yield { name: nameOf(keys), keys, value };
  }
}

function nameOf(keys: readonly string[]): string {
  return keys.join('.');
}

/** Two may have the same name, if one has a full stop in its key: they cannot be told apart. */
function namesOf(fields: readonly FormField[]): readonly string[] {
  return [...new Set(fields.map(({ keys }) => nameOf(keys)))];
}

function formFields(form: AnswerForm | null | undefined): readonly FormField[] {
  return form?.kind === 'json' ? schemaFields(form.schema, []) : [];
}

function schemaFields(schema: unknown, keys: readonly string[]): readonly FormField[] {
  const alternatives = alternativesOf(schema).filter(({ type }) => type !== 'null');
  const { data } = objectSchema.safeParse(alternatives.length === 1 ? alternatives[0] : undefined);
  if (data !== undefined)
    return Object.entries(data.properties).flatMap(([key, each]) => schemaFields(each, [...keys, key]));
  return keys.length === 0 ? [] : [{ keys, alternatives }];
}

function isSingle({ alternatives }: FormField): boolean {
  return alternatives.every(({ type }) => ['string', 'number', 'integer', 'boolean'].includes(String(type)));
}

function hasFew({ alternatives }: FormField): boolean {
  return (
    alternatives.length > 0 && alternatives.every(({ type, enum: texts }) => type === 'boolean' || Array.isArray(texts))
  );
}

interface Alternative {
  readonly type?: unknown;
  readonly enum?: unknown;
}

function alternativesOf(schema: unknown): readonly Alternative[] {
  const { anyOf, ...only } = (schema ?? {}) as Alternative & { anyOf?: unknown };
  return Array.isArray(anyOf) ? anyOf.flatMap(alternativesOf) : [only];
}
