import { jsonIn, jsonKey } from '../../src-contract/json-text.ts';
import type { TaskId } from '../../src-contract/task.ts';

/** Whether an answer equals a target, apart from differences that do not matter to a reader, or in JSON to a program. */
export function isSameAnswer(answer: string, target: string, task: TaskId | null): boolean {
  const wanted = jsonIn(target);
  if (wanted?.alone === true) {
    const found = jsonIn(answer);
    return found?.alone === true && jsonKey(found.value) === jsonKey(wanted.value);
  }
  return bare(answer, task) === bare(target, task);
}

/** Ignores spacing, the full stop and case; in a query the last two distinguish one value from another. */
function bare(words: string, task: TaskId | null): string {
  const plain = words.trim().replace(/\s+/g, ' ');
  return task === 'nl2sql' ? plain.replace(/ ?;$/, '') : plain.toLowerCase().replace(/[.。]$/, '');
}
