import { fieldTexts, valueFields } from '../../../src-contract/answer-fields.ts';
import { isObject, type JsonObject, jsonIn } from '../../../src-contract/json-text.ts';
import { literally } from '../../../src-contract/regexp-literally.ts';
import { shortened } from '../../../src-contract/shortened.ts';
import { separatorIn } from '../../tasks/label-lists.ts';
import type { CheckedRow, Detector, FlaggedRow } from './detector.ts';
import { LabelSpellings, spelledLike } from './labels.ts';

/**
 * The labels that targets are, or, where they are objects in JSON, that the texts of each field are, also of objects
 * within.
 */
export class TargetLabels implements Detector {
  readonly #whole = new LabelSpellings();
  readonly #fields = new Map<string, LabelSpellings>();

  take(row: CheckedRow): FlaggedRow[] {
    const object = objectIn(row.target);
    if (object === undefined) return this.#whole.take(row);
    for (const { name, value } of valueFields(object)) {
      if (typeof value === 'string' && value.trim() !== '') this.#labelsOf(name)?.take({ ...row, target: value });
    }
    return [];
  }

  *finish(): Generator<FlaggedRow> {
    yield* this.#whole.finish();
    for (const [field, labels] of this.#fields) {
      for (const found of labels.finish())
        yield { ...found, detail: shortened(`${beginning(field)}${found.detail}`, longestDetail) };
    }
  }

  #labelsOf(field: string): LabelSpellings | undefined {
    const known = this.#fields.get(field);
    if (known !== undefined || this.#fields.size === mostFields || field.length > longestField) return known;
    const labels = new LabelSpellings();
    this.#fields.set(field, labels);
    return labels;
  }
}

/**
 * A target with its label written as in another row; of an object, that of the field which the finding's detail names.
 * `separator`: what parts the labels of the dataset's targets.
 */
export function targetSpelledLike(
  target: string,
  like: string,
  { detail, separator }: { readonly detail: string; readonly separator: RegExp },
): string {
  const object = objectIn(target);
  if (object === undefined) return spelledLike(target, like, separator);
  const meant = [...valueFields(object)].find(({ name }) => detail.startsWith(beginning(name)));
  if (meant === undefined) return target;
  const field = meant.name;
  const [[old = ''], [usual = '']] = [fieldTexts(target, [field]), fieldTexts(like, [field])];
  const [name, before, after] = [meant.keys.at(-1), old, spelledLike(old, usual, separatorIn([old, usual]))].map(
    (text) => JSON.stringify(text),
  ) as [string, string, string];
  // In the text, so that everything else stays as it is written.
  for (const { index, 0: found } of target.matchAll(
    new RegExp(`${literally(name)}\\s*:\\s*${literally(before)}`, 'g'),
  )) {
    const end = index + found.length;
    const mended = `${target.slice(0, end - before.length)}${after}${target.slice(end)}`;
    // Not that of a field of the same name in another object.
    if (fieldTexts(mended, [field])[0] !== old) return mended;
  }
  return target;
}

function objectIn(target: string): JsonObject | undefined {
  if (!/^\s*\{/.test(target)) return undefined;
  const found = jsonIn(target);
  return found?.alone && isObject(found.value) ? found.value : undefined;
}

const beginning = (field: string) => `${field}: `;

/** More are keys that are data. */
const mostFields = 50;
/** In characters; the labels must have room beside it. */
const longestField = 100;
const longestDetail = 200;
