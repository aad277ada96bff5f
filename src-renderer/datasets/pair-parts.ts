import { fieldsOf, joinedJson, joinedLines, namedTexts, withOwnNames } from '../../src-contract/column-groups.ts';
import { type ColumnMapping, type TaskId, type TaskInput, taskFields } from '../../src-contract/task.ts';

/** A piece of what the model reads or writes, under the name of the field it came from. */
export interface Part {
  readonly field: string;
  readonly text: string;
}

/**
 * The context as the model reads it, from the fields of a row: the same layout that the import writes
 * (src-main/tasks). A ready-made `context` is taken as it is.
 */
export function renderContext(task: TaskId, input: TaskInput): string {
  if (input.context !== undefined) return input.context;
  switch (task) {
    case 'summarisation':
      return input.document ?? '';
    case 'mrc':
      return `Passage: ${input.passage ?? ''}\n\nQuestion: ${input.question ?? ''}`;
    case 'nl2sql':
      return `Schema:\n${input.schema ?? ''}\n\nQuestion: ${input.question ?? ''}`;
    case 'conversation':
    case 'custom':
      return '';
    default:
      return task satisfies never;
  }
}

/**
 * Splits a context back into the task's fields, for readability. A context in another layout (a table may bring its
 * own) stays whole, under the name `context`.
 */
export function contextParts(task: TaskId, context: string): readonly Part[] {
  if (task === 'summarisation') return [{ field: 'document', text: context }];
  if (task === 'mrc') return twoParts(context, 'Passage: ', 'passage');
  if (task === 'nl2sql') return twoParts(context, 'Schema:\n', 'schema');
  return [{ field: 'context', text: context }];
}

/** The field that distinguishes rows in a narrow column: the question if there is one. */
export function leadingPart(task: TaskId, context: string): Part {
  const parts = contextParts(task, context);
  return parts.find((part) => part.field === 'question') ?? { field: parts[0]?.field ?? 'context', text: context };
}

/** The name of the target's field in this task. */
export function targetField(task: TaskId): string {
  return taskFields[task].target;
}

/** The fields that must have a column: the task's own, or a ready-made context or target if the mapping names one. */
export function neededFields(task: TaskId, mapping: ColumnMapping): readonly string[] {
  return [
    ...(mapping.context === undefined ? taskFields[task].context : ['context']),
    mapping.target === undefined ? taskFields[task].target : 'target',
  ];
}

/** The pair that a row of cells gives under a mapping; `written` are fields that no column holds. */
export function pairOf(
  task: TaskId,
  mapping: ColumnMapping,
  columns: readonly string[],
  cells: readonly string[],
  written: TaskInput = {},
): { context: string; target: string } {
  const input: Record<string, string> = { ...written };
  for (const [field, column] of Object.entries(mapping)) {
    const place = columns.indexOf(column);
    if (place >= 0) input[field] = cells[place] ?? '';
  }
  const named = withOwnNames(mapping, columns);
  const [lines, fields] = [namedTexts('context', named, input), namedTexts('target', named, input)];
  return {
    context: lines.length > 1 ? joinedLines(lines) : renderContext(task, input),
    target: fields.length > 1 ? joinedJson(fields) : (input.target ?? input[targetField(task)] ?? ''),
  };
}

/**
 * The first field with a column that is empty in a row, or undefined if the row is usable. Of several columns of a
 * context or a target, some may be empty.
 */
export function emptyField(
  task: TaskId,
  mapping: ColumnMapping,
  columns: readonly string[],
  cells: readonly string[],
): string | undefined {
  const isEmpty = (field: string) => {
    const place = columns.indexOf(mapping[field] ?? '');
    return place >= 0 && (cells[place] ?? '').trim() === '';
  };
  return neededFields(task, mapping).find((field) => {
    const others = field === 'context' || field === 'target' ? fieldsOf(field, mapping) : [];
    return [field, ...others].every(isEmpty);
  });
}

function twoParts(context: string, head: string, field: string): readonly Part[] {
  const mark = '\n\nQuestion: ';
  const at = context.lastIndexOf(mark);
  if (!context.startsWith(head) || at < head.length - 1) return [{ field: 'context', text: context }];
  return [
    { field: 'question', text: context.slice(at + mark.length) },
    { field, text: context.slice(head.length, at) },
  ];
}
