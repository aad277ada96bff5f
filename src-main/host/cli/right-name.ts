import type { StudioClient } from './studio.ts';

interface Shelf {
  /** The field of the error's data that holds the wrong name. */
  readonly field: string;
  /** The command that lists the right ones. */
  readonly listing: string;
  list(client: StudioClient): Promise<readonly { readonly name: string }[]>;
}

const shelves: Readonly<Record<string, Shelf>> = {
  DATASET_NOT_FOUND: { field: 'dataset', listing: 'datasets list', list: (client) => client.datasets.list() },
  BASE_MODEL_NOT_FOUND: { field: 'model', listing: 'models list', list: (client) => client.baseModels.list() },
  ADAPTER_NOT_FOUND: { field: 'adapter', listing: 'adapters list', list: (client) => client.adapters.list() },
  RUN_NOT_FOUND: { field: 'run', listing: 'runs list', list: (client) => client.runs.list() },
  EVALUATION_NOT_FOUND: { field: 'evaluation', listing: 'evaluations list', list: async () => [] },
  ANSWERED_TABLE_NOT_FOUND: {
    field: 'table',
    listing: 'answered-tables list',
    list: (client) => client.answeredTables.list(),
  },
  CONVERSATION_NOT_FOUND: {
    field: 'conversation',
    listing: 'conversations list',
    list: async (client) => (await client.chat.conversations()).map(({ title }) => ({ name: title })),
  },
  EXPERIMENT_NOT_FOUND: { field: 'experiment', listing: 'lab list', list: async () => [] },
};

/** What to type instead of a name that is not there; undefined for other errors. */
export async function rightName(error: unknown, client: StudioClient): Promise<string | undefined> {
  if (!(error instanceof Error && 'code' in error && 'data' in error)) return undefined;
  const shelf = shelves[String(error.code)];
  if (shelf === undefined) return undefined;
  // The contract parsed the data under this code, so it has the field.
  const wrong = (error.data as Record<string, string>)[shelf.field] ?? '';
  const meant = nearest(
    wrong,
    (await shelf.list(client)).map(({ name }) => name),
  );
  const all = `All of them: adapter-studio ${shelf.listing}`;
  return meant === undefined ? all : `Did you mean “${meant}”? ${all}`;
}

/** The name that begins with the word, or else the one with the fewest letters changed, at most a third of them. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  const typed = word.toLowerCase();
  const begun = names.find((name) => typed !== '' && name.toLowerCase().startsWith(typed));
  if (begun !== undefined) return begun;
  const [best] = names
    .map((name) => ({ name, changes: changesBetween(typed, name.toLowerCase()) }))
    .sort((a, b) => a.changes - b.changes);
  return best !== undefined && 3 * best.changes <= best.name.length ? best.name : undefined;
}

/** Letters to insert, remove or replace (Levenshtein). */
function changesBetween(one: string, other: string): number {
  let above = Array.from({ length: other.length + 1 }, (_, j) => j);
  for (const [i, letter] of [...one].entries()) {
    const row = [i + 1];
    for (let j = 0; j < other.length; j++) {
      const replaced = (above[j] ?? 0) + Number(letter !== other[j]);
      row.push(Math.min(replaced, (above[j + 1] ?? 0) + 1, (row[j] ?? 0) + 1));
    }
    above = row;
  }
  return above[other.length] ?? 0;
}
