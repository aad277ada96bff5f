import type { Example } from '../../src-contract/dataset.ts';
import type { RowContent } from '../../src-contract/dataset-version.ts';
import type { TaskId } from '../../src-contract/task.ts';
import { contextParts, type Part, renderContext, targetField } from './pair-parts.ts';

/**
 * Letters that are laid out without being asked for. Chromium takes a paragraph whose letters change between two fonts, as Chinese
 * ones among others do, a time that grows with its square: an eighth of a second for so many, 23 seconds for a million.
 */
export const mostLaidOut = 50_000;

/** A field of a row as it reads; the whole context where that has taken another layout. */
export function textOf(task: TaskId, example: Pick<Example, 'context' | 'target'>, field: string): string {
  if (field === targetField(task)) return example.target;
  return contextParts(task, example.context).find((part) => part.field === field)?.text ?? example.context;
}

/** What of a row is to be stored when its target, or one part of its context, reads otherwise. */
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
