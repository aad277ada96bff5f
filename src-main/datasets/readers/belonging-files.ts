import { custom } from '../../tasks/custom.ts';
import { mrc } from '../../tasks/mrc.ts';
import { summarisation } from '../../tasks/summarisation.ts';
import { foldColumnName } from '../importing/column-names.ts';
import type { DocumentFile } from './read-document.ts';

/** What belongs to the documents of a folder, told by the names of files and folders. */
export interface Belonging {
  /** What is there of each document, such as `summary`, as the files call it. */
  readonly kinds: readonly string[];
  /** For a document's name: what belongs to it, by kind. */
  readonly of: ReadonlyMap<string, ReadonlyMap<string, DocumentFile>>;
  /** The names of the files that belong to a document. */
  readonly parts: ReadonlySet<string>;
}

/**
 * Finds pairs of files: `a.txt` with `a.summary.txt` or `a_summary.md`, and `documents/a.txt` or `a.txt` with
 * `summaries/a.txt`. Only words that a task knows as the name of its target count.
 */
export function belongingFiles(files: readonly DocumentFile[]): Belonging {
  const documents = new Map<string, DocumentFile | undefined>();
  const parts: { readonly file: DocumentFile; readonly kind: string; readonly key: string }[] = [];
  for (const file of files) {
    const part = partOf(file.name);
    if (part !== undefined) {
      parts.push({ file, ...part });
      continue;
    }
    const path = pathOf(file.name);
    const below = path.slice(0, -1).map((_, at) => path.toSpliced(at, 1));
    // A key of several documents would pair them by chance.
    for (const key of new Set([path, ...below].map(keyOf))) documents.set(key, documents.has(key) ? undefined : file);
    documents.set(keyOf(path), file);
  }
  const of = new Map<string, Map<string, DocumentFile>>();
  const kinds = new Set<string>();
  const names = new Set<string>();
  for (const { file, kind, key } of parts) {
    const document = documents.get(key);
    if (document === undefined) continue;
    const own = of.get(document.name) ?? new Map<string, DocumentFile>();
    of.set(document.name, own.set(kind, file));
    kinds.add(kind);
    names.add(file.name);
  }
  return { kinds: [...kinds], of, parts: names };
}

/** Whether a column or a part of a document is called like a summary. */
export function isSummaryName(name: string): boolean {
  return summaries.has(foldColumnName(name));
}

const summaries = new Set(summarisation.columnNames.summary);
const targets = new Set([
  ...[...summaries, ...(custom.columnNames.target ?? []), ...(mrc.columnNames.answer ?? [])],
  ...['translation', 'translations', 'targets', 'answers', '번역', '번역문', 'übersetzung'],
]);

function partOf(name: string): { kind: string; key: string } | undefined {
  const path = pathOf(name);
  const [, stem, kind = ''] = /^(.+)[._ -]([^._ -]+)$/.exec(path.at(-1) ?? '') ?? [];
  if (stem !== undefined && targets.has(foldColumnName(kind)))
    return { kind, key: keyOf([...path.slice(0, -1), stem]) };
  const at = path.slice(0, -1).findIndex((folder) => targets.has(foldColumnName(folder)));
  return at < 0 ? undefined : { kind: path[at] ?? '', key: keyOf(path.toSpliced(at, 1)) };
}

/** Folders and the name without its ending, all in small letters. */
function pathOf(name: string): string[] {
  return name
    .toLowerCase()
    .replace(/\.[a-z]+$/, '')
    .split(/[\\/]/);
}

function keyOf(path: readonly string[]): string {
  return path.join('/');
}
