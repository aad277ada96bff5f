import { cellOf } from './cell-text.ts';
import { isObject } from './json-parse.ts';
import type { NamedValues, RecordShape } from './known-shape.ts';

/** Where the Hugging Face hub's datasets have the same text in several languages. */
export const translationKey = 'translation';

/**
 * Records with an object that has a text for each language, `{"en": "Hello", "ko": "안녕"}`: a column for each.
 * Undefined for any other records.
 */
export function translationOf(records: readonly NamedValues[]): RecordShape | undefined {
  const texts = records.map((record) => record[translationKey]);
  if (!texts.every(areTexts)) return undefined;
  const columns = [...new Set(texts.flatMap((each) => Object.keys(each)))];
  if (columns.length < 2 || columns.length > mostLanguages || !columns.every((name) => language.test(name))) {
    return undefined;
  }
  return {
    ...{ name: 'translation', code: 'SHAPE_TRANSLATION', keys: [translationKey], nested: [translationKey] },
    takesObjects: true,
    columns,
    derive: ({ [translationKey]: found }) => {
      const texts = isObject(found) ? found : {};
      const isMore = Object.keys(texts).some((name) => !columns.includes(name) && cellOf(texts[name]) !== '');
      return [{ cells: columns.map((name) => cellOf(texts[name])), ...(isMore && { problem: 'KEYS_LEFT' }) }];
    },
  };
}

/** In a record, some languages may be missing. */
function areTexts(value: unknown): value is NamedValues {
  return isObject(value) && Object.values(value).every((text) => typeof text === 'string' || text === null);
}

/** Far more would be a column for each key of something else. */
const mostLanguages = 50;
/** `en`, `zh-CN`, `pt_br`, `eng_Latn`, `english` */
const language = /^[a-z]{2,12}(?:[-_][a-z\d]{2,8})*$/i;
