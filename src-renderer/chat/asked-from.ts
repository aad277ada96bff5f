import type { TaskInput } from '../../src-contract/task.ts';

/** A key for a question and the text it is about: two questions are the same if their keys are equal. */
export function askedFrom({ text, input }: { readonly text: string; readonly input: TaskInput | null }): string {
  return JSON.stringify([text, input?.passage ?? '', input?.schema ?? ''].map((part) => part.trim()));
}
