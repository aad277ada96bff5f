import type { Message } from '../../src-contract/chat.ts';
import type { ComposerState } from './composer-state.svelte.ts';
import type { TestRowsState } from './test-rows-state.svelte.ts';

/** What a dataset has for an answer to this question: in the row that was picked for it, else in one of those that were read. */
export function questionTarget(
  question: Message | undefined,
  { composer, rows }: { composer: Pick<ComposerState, 'pickedTargetOf'>; rows: Pick<TestRowsState, 'targetOf'> },
): string | undefined {
  return question && (composer.pickedTargetOf(question) ?? rows.targetOf(question));
}
