/** Tables and columns of a database, in order, and its foreign keys, as `exactSetMatch` needs them. */
export class SqlSchema {
  /** Columns by table, all in lower case. */
  readonly tables: ReadonlyMap<string, readonly string[]>;
  /** Maps a column to the earlier one that a foreign key makes equivalent; both as `table.column`. */
  readonly sameAs: ReadonlyMap<string, string>;

  constructor(tables: ReadonlyMap<string, readonly string[]>, foreignKeys: readonly (readonly [string, string])[]) {
    this.tables = new Map([...tables].map(([name, columns]) => [lower(name), columns.map(lower)]));
    this.sameAs = sameColumns(this.columns(), foreignKeys);
  }

  /** All columns as `table.column`. */
  columns(): string[] {
    return [...this.tables].flatMap(([table, columns]) => columns.map((column) => `${table}.${column}`));
  }
}

/** Sets of columns joined by keys; each column stands for the first of its set. Sets connected later are not merged. */
function sameColumns(columns: readonly string[], keys: readonly (readonly [string, string])[]): Map<string, string> {
  const place = new Map(columns.map((column, i) => [column, i]));
  const sets: Set<number>[] = [];
  for (const [from, to] of keys) {
    const [one, other] = [place.get(lower(from)), place.get(lower(to))];
    if (one === undefined || other === undefined) continue;
    let set = sets.find((known) => known.has(one) || known.has(other));
    if (set === undefined) {
      set = new Set();
      sets.push(set);
    }
    set.add(one).add(other);
  }
  const same = new Map<string, string>();
  for (const set of sets) {
    const first = Math.min(...set);
    for (const each of [...set].sort((a, b) => a - b)) same.set(columns[each] as string, columns[first] as string);
  }
  return same;
}

function lower(name: string): string {
  return name.toLowerCase();
}
