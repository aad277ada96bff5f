import { fieldsOf, joinedJson, joinedLines } from '../../../src-contract/column-groups.ts';
import { longestText } from '../../../src-contract/dataset-version.ts';
import type { RowVerdictCode, RowVerdictData } from '../../../src-contract/row-verdict.ts';
import { isBlank, type ResolvedMapping, targetFieldOf, usedContextFields } from './column-mapping.ts';

type Cells = readonly string[];

interface Column {
  readonly place: number;
  readonly column: string;
}

/** What becomes of the columns of a row: the context and the target. */
export interface RowTexts {
  /** Those that are read. */
  readonly columns: readonly Column[];
  /** The texts of a row, or why it cannot be used. */
  read(cells: Cells): { readonly context: string; readonly target: string } | Unfit;
}

export interface Unfit {
  readonly code: RowVerdictCode;
  readonly data: RowVerdictData;
}

/** A context or a target: from which columns, and whether they are joined, so that some of them may be blank. */
interface Part {
  readonly columns: readonly Column[];
  readonly isJoined: boolean;
  readonly empty: RowVerdictCode;
  write(cells: Cells): string;
}

export function rowTexts(resolved: ResolvedMapping): RowTexts {
  const { task, mapping, places } = resolved;
  const columnsOf = (fields: readonly string[]) =>
    fields.map((field) => ({ place: places.get(field) ?? -1, column: mapping[field] ?? field }));
  const named = (columns: readonly Column[], cells: Cells) =>
    columns.map(({ place, column }) => ({ name: column, text: cells[place] ?? '' }));
  const contextFields = usedContextFields(resolved);
  const context: Part = {
    columns: columnsOf(contextFields),
    isJoined: places.has('context') && contextFields.length > 1,
    empty: 'ROW_CONTEXT_EMPTY',
    write(cells) {
      const texts = named(context.columns, cells);
      if (context.isJoined) return joinedLines(texts);
      if (places.has('context')) return texts[0]?.text ?? '';
      return task.renderContext(Object.fromEntries(contextFields.map((field, at) => [field, texts[at]?.text ?? ''])));
    },
  };
  const targetFields = fieldsOf('target', mapping);
  const target: Part = {
    columns: columnsOf(targetFields.length > 1 ? targetFields : [targetFieldOf(resolved)]),
    isJoined: targetFields.length > 1,
    empty: 'ROW_TARGET_EMPTY',
    write: (cells) =>
      target.isJoined ? joinedJson(named(target.columns, cells)) : (named(target.columns, cells)[0]?.text ?? ''),
  };
  return {
    columns: [...context.columns, ...target.columns],
    read(cells) {
      const [asked, answered] = [textOf(context, cells), textOf(target, cells)];
      if (typeof asked !== 'string') return asked;
      return typeof answered === 'string' ? { context: asked, target: answered } : answered;
    },
  };
}

function textOf({ columns, isJoined, empty, write }: Part, cells: Cells): string | Unfit {
  const tooLong = (column: string, letters: number) =>
    ({ code: 'ROW_CELL_TOO_LONG', data: { column, letters, most: longestText } }) as const;
  for (const { place, column } of columns) {
    const cell = cells[place];
    if (!isJoined && cell === undefined) return { code: 'ROW_CELL_MISSING', data: { column } };
    if (!isJoined && isBlank(cell ?? '')) return { code: empty, data: { column } };
    if ((cell?.length ?? 0) > longestText) return tooLong(column, cell?.length ?? 0);
  }
  if (!isJoined) return write(cells);
  const column = columns.map((each) => each.column).join(', ');
  if (columns.every(({ place }) => isBlank(cells[place] ?? ''))) return { code: empty, data: { column } };
  const text = write(cells);
  return text.length > longestText ? tooLong(column, text.length) : text;
}
