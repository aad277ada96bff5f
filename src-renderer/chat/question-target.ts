import type { Message } from '../../src-contract/chat.ts';
import type { ComposerState } from './composer-state.svelte.ts';
import type { TestRowsState } from './test-rows-state.svelte.ts';

/** A dataset's target for this question: of the row picked for it, else of one of the rows read. */
export function questionTarget(
  question: Message | undefined,
  { composer, rows }: { composer: Pick<ComposerState, 'pickedTargetOf'>; rows: Pick<TestRowsState, 'targetOf'> },
): string | undefined {
  return question && (composer.pickedTargetOf(question) ?? rows.targetOf(question));
}
