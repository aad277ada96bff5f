import type { TaskId } from '../../src-contract/task.ts';

/** Whether an answer is a target but for what makes no difference to who reads it. */
export function isSameAnswer(answer: string, target: string, task: TaskId | null): boolean {
  return bare(answer, task) === bare(target, task);
}

/** Without spaces, the full stop and capitals; in a query these tell one value from another. */
function bare(words: string, task: TaskId | null): string {
  const plain = words.trim().replace(/\s+/g, ' ');
  return task === 'nl2sql' ? plain.replace(/ ?;$/, '') : plain.toLowerCase().replace(/[.。]$/, '');
}
