import type { Example } from '../../src-contract/dataset.ts';
import type { RowContent } from '../../src-contract/dataset-version.ts';
import type { TaskId } from '../../src-contract/task.ts';
import { contextParts, type Part, renderContext, targetField } from './pair-parts.ts';

/**
 * Characters laid out without a request. If a paragraph alternates between two fonts, as Chinese text does, Chromium's
 * layout time grows quadratically: an eighth of a second for this many, 23 seconds for a million.
 */
export const mostLaidOut = 50_000;

/** A field's text in a row; the whole context if that is in another layout. */
export function textOf(task: TaskId, example: Pick<Example, 'context' | 'target'>, field: string): string {
  if (field === targetField(task)) return example.target;
  return contextParts(task, example.context).find((part) => part.field === field)?.text ?? example.context;
}

/** The content to store when a row's target, or one part of its context, changes. */
export function withPart(
  task: TaskId,
  example: Pick<Example, 'context'>,
  field: string,
  text: string,
): Partial<RowContent> {
  if (field === targetField(task)) return { target: text };
  const parts: readonly Part[] = contextParts(task, example.context);
  const [only, ...more] = parts;
  if (only?.field === 'context' || more.length === 0) return { context: text };
  return {
    context: renderContext(
      task,
      Object.fromEntries(parts.map((part) => [part.field, part.field === field ? text : part.text])),
    ),
  };
}
