import type { TaskInput } from '../../src-contract/task.ts';

/** What a question asks, with what it asks about: two are the same where these are. */
export function askedFrom({ text, input }: { readonly text: string; readonly input: TaskInput | null }): string {
  return JSON.stringify([text, input?.passage ?? '', input?.schema ?? ''].map((part) => part.trim()));
}
