import { foldColumnName, isKnownColumnName } from '../importing/column-names.ts';
import type { OpenTable } from './table.ts';

/** A file within a folder or an archive. */
export interface TablePart {
  readonly name: string;
  readonly table: OpenTable;
}

interface Group {
  /** The different sets of columns. */
  readonly shapes: ReadonlySet<string>[];
  readonly parts: TablePart[];
}

/**
 * Groups tables that can be read as one: ids aside, each has the same columns as another of its group, or several in
 * common that are more than half of those of the smaller one. The first group is the one to read: one with several
 * common column names, or else the largest.
 */
export function relatedTables(parts: readonly TablePart[]): TablePart[][] {
  const groups: Group[] = [];
  for (const part of parts) {
    const shape = new Set(part.table.columns.map(foldColumnName).filter((name) => name !== 'id'));
    const [home, ...others] = groups.filter(({ shapes }) => shapes.some((other) => areRelated(shape, other)));
    if (home === undefined) {
      groups.push({ shapes: [shape], parts: [part] });
      continue;
    }
    home.parts.push(part);
    if (!home.shapes.some((other) => areEqual(shape, other))) home.shapes.push(shape);
    for (const other of others) {
      home.parts.push(...other.parts);
      home.shapes.push(...other.shapes);
      groups.splice(groups.indexOf(other), 1);
    }
  }
  const places = new Map(parts.map((part, place) => [part, place]));
  const bytesOf = ({ parts }: Group) => parts.reduce((sum, { table }) => sum + table.facts.bytes, 0);
  return groups
    .toSorted((a, b) => Number(isKnown(b)) - Number(isKnown(a)) || bytesOf(b) - bytesOf(a))
    .map((group) => group.parts.toSorted((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0)));
}

function isKnown({ shapes }: Group): boolean {
  return shapes.some((shape) => [...shape].filter(isKnownColumnName).length > 1);
}

function areRelated(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  const shared = sharedBy(one, other);
  return areEqual(one, other) || (shared > 1 && shared * 2 > Math.min(one.size, other.size));
}

function areEqual(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return one.size === other.size && sharedBy(one, other) === one.size;
}

function sharedBy(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  let count = 0;
  for (const name of one) if (other.has(name)) count++;
  return count;
}
