import type { TaskId, TaskInput } from '../../src-contract/task.ts';

export interface ChatFields {
  /** Goes into the message box. */
  readonly text: string;
  /** Goes into the panel: `passage` or `schema`. */
  readonly input: TaskInput;
}

const PAIR = /^[^\n:：]{1,24}[:：][ \n]([\s\S]*)\n\n[^\n:：]{1,24}[:：] ?([\s\S]*)$/;

/**
 * Splits a dataset row's context back into the fields it was made from, so that the row can be asked in the chat. A
 * context in another layout is returned whole as the text.
 */
export function readTaskFields(task: TaskId, context: string): ChatFields {
  const field = task === 'mrc' ? 'passage' : task === 'nl2sql' ? 'schema' : undefined;
  const pair = field === undefined ? null : PAIR.exec(context);
  if (field === undefined || pair === null) return { text: context, input: {} };
  return { text: (pair[2] ?? '').trim(), input: { [field]: pair[1] ?? '' } };
}
