import { jsonIn, jsonKey } from '../../../src-contract/json-text.ts';
import { fieldF1 } from './json-fields.ts';

/**
 * Measures of an answer whose target is a list or an object in JSON. `jsonMatch`: 1 if the answer is JSON and equals the
 * target, whatever the order of keys and the blanks. `validJson`: 1 if it is JSON at all, nothing around it but the marks
 * of a code block. `fieldF1`: how many of the fields are right, even in JSON with words around it, which no program can
 * read as it is. For a target that is no JSON, as one that says there is nothing to tell, only whether it is the same.
 */
export function jsonMeasures(answer: string, target: string): Readonly<Record<string, number>> {
  const wanted = jsonIn(target);
  if (wanted?.alone !== true) return { jsonMatch: answer.trim() === target.trim() ? 1 : 0 };
  const found = jsonIn(answer);
  const isJson = found?.alone === true;
  return {
    jsonMatch: isJson && jsonKey(found.value) === jsonKey(wanted.value) ? 1 : 0,
    fieldF1: fieldF1(found?.value, wanted.value),
    validJson: isJson ? 1 : 0,
  };
}
