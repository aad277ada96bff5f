import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { CsvOptions } from '../../../src-contract/dataset.ts';
import type { FileReason } from '../../../src-contract/file-reason.ts';
import { shortened } from '../../../src-contract/shortened.ts';
import { firstBytes } from '../../files/first-bytes.ts';
import { isKnownColumnName } from '../importing/column-names.ts';
import { splitNamed } from '../splits/split.ts';
import { belongingFiles, isSummaryName } from './belonging-files.ts';
import { type DocumentText, frontMatter, longestFront } from './document-blocks.ts';
import { documentPieces, openedBy, pieceLetters, titleOf, wholeText } from './document-pieces.ts';
import { documentQuestions } from './document-questions.ts';
import { fingerprint } from './file-fingerprint.ts';
import { fileName } from './file-survey.ts';
import { uniqueNames } from './header-names.ts';
import { type DocumentFile, DocumentReader } from './read-document.ts';
import { type OpenTable, type TablePiece, type TableRecord, undelimited } from './table.ts';

interface Documents {
  /** What contains them, or the only one. */
  readonly name: string;
  readonly files: readonly DocumentFile[];
  /** Names of other files that are there. */
  readonly skipped: readonly string[];
  close(): Promise<void>;
}

/**
 * Documents as a table, which are read one after another: a row for each piece of them, or for each as a whole with
 * what belongs to it, such as a summary in a file of its own, or in front of a text in Markdown, or the name of its folder.
 */
export async function openDocuments(
  { name, files, skipped, close }: Documents,
  { documents: chosen, encoding }: CsvOptions,
): Promise<OpenTable> {
  const sizes = new Map<string, number>();
  for (const file of files) sizes.set(file.name, (await stat(file.path).catch(() => undefined))?.size ?? 0);
  const bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  const { kinds, of: belonging, parts } = belongingFiles(files);
  const facts = await factNames(files);
  const isPaired = kinds.length > 0 || facts.some(isSummaryName);
  const told = isPaired ? 'whole' : areLabelled(files) ? 'labelled' : undefined;
  const wanted = chosen ?? told ?? ((await isAnswering(files)) ? 'questions' : 'pieces');
  const isPieces = wanted === 'pieces' || wanted === 'questions';
  // Where some documents have their summary, it is what the others lack.
  const shape = isPaired && !isPieces && wanted !== 'labelled' ? 'pairs' : wanted;
  const read = isPieces ? files : files.filter((file) => !parts.has(file.name));
  const layouts: Readonly<Record<typeof shape, () => Layout>> = {
    pieces: () => pieceRows(read),
    questions: () => questionRows,
    pairs: () => pairRows(kinds, facts),
    unwritten: () => unwrittenRows,
    labelled: () => labelledRows(read),
    whole: () => wholeRows,
  };
  const layout = layouts[shape]();
  const ownFacts = facts.filter((fact) => layout.takesKnownNames || !isKnownColumnName(fact));
  async function* rows(signal?: AbortSignal): AsyncGenerator<TablePiece, void> {
    const reader = new DocumentReader();
    const textOf = (file: DocumentFile) => reader.read(file, encoding, signal);
    let bytesRead = bytes - read.reduce((sum, { name }) => sum + (sizes.get(name) ?? 0), 0);
    try {
      for (const file of read) {
        const document = await textOf(file);
        const others: string[] = [];
        for (const kind of isPieces ? [] : kinds) {
          const part = belonging.get(file.name)?.get(kind);
          const found = part && (await textOf(part));
          others.push(found && 'blocks' in found ? wholeText(found, { withTitle: true }) : '');
        }
        bytesRead += sizes.get(file.name) ?? 0;
        const own = 'blocks' in document ? ownFacts.map((fact) => document.facts?.get(fact) ?? '') : [];
        const records =
          'blocks' in document
            ? layout.rows(document, file.name, others).map((cells) => ({ cells: [...cells, ...own] }))
            : [{ ...document, cells: columns.map((column) => (column === 'file' ? file.name : '')) }];
        yield {
          records: records.map((record, at) => ({ ...record, line: at + 1, by: 'item', part: file.name }) as const),
          bytesRead,
        };
      }
    } finally {
      await reader.close();
    }
  }
  const columns = uniqueNames([...layout.columns, ...ownFacts]);
  return {
    facts: {
      ...{ name, format: 'documents', encoding: encoding ?? 'utf-8', ...undelimited },
      ...{ header: true, skippedLines: 0, bytes, numbered: 'item', documents: shape === 'pairs' ? 'whole' : shape },
      files: files.map((file) => file.name),
      reasons: [
        { about: 'format', code: 'DOCUMENTS', data: { files: files.length } },
        ...(skipped.length > 0 ? [skippedReason(skipped)] : []),
        layout.reason,
      ],
    },
    columns,
    bytesTotal: bytes,
    async sha256(signal) {
      const hash = createHash('sha256');
      for (const file of files) hash.update(`${file.name}\0${(await fingerprint(file.path, signal)).sha256}\n`);
      return hash.digest('hex');
    },
    rows,
    async *raw(signal) {
      yield { records: [{ cells: columns, line: 1 } satisfies TableRecord], bytesRead: 0 };
      yield* rows(signal);
    },
    close,
  };
}

/** How documents become rows. */
interface Layout {
  /** Those of `rows`; facts of the front matter follow. */
  readonly columns: readonly string[];
  /** Facts may have the name of a task's field. */
  readonly takesKnownNames: boolean;
  readonly reason: FileReason;
  rows(document: DocumentText, file: string, others: readonly string[]): string[][];
}

function pieceRows(files: readonly DocumentFile[]): Layout {
  // Whole documents are kept back for validation and testing; of a few, most would be, or none.
  const areMany = files.length >= 10;
  return {
    columns: ['context', 'target', ...(areMany ? ['group'] : []), 'file', 'title', 'heading'],
    takesKnownNames: false,
    reason: { about: 'shape', code: 'DOCUMENT_PIECES', data: { letters: pieceLetters } },
    rows: (document, file) =>
      documentPieces(document, shortName(file)).map(({ context, target, heading }) => {
        return [context, target, ...(areMany ? [file] : []), file, titleOf(document), heading];
      }),
  };
}

/** Where a document has no questions, its pieces are. */
const questionRows: Layout = {
  columns: ['context', 'target', 'file', 'title'],
  takesKnownNames: false,
  reason: { about: 'shape', code: 'DOCUMENT_QUESTIONS', data: {} },
  rows: (document, file) => {
    const pairs = documentQuestions(document)?.map(({ asked, answer }) => [asked, answer]);
    const pieces = () => documentPieces(document, shortName(file)).map(({ context, target }) => [context, target]);
    return (pairs ?? pieces()).map((cells) => [...cells, file, titleOf(document)]);
  },
};

/** A single Word document of questions and answers; a text of such is a table (`question-text.ts`). */
async function isAnswering([file, ...others]: readonly DocumentFile[]): Promise<boolean> {
  if (file === undefined || others.length > 0 || !/\.docx$/i.test(file.name)) return false;
  const reader = new DocumentReader();
  try {
    const document = await reader.read(file);
    return 'blocks' in document && documentQuestions(document) !== undefined;
  } finally {
    await reader.close();
  }
}

function pairRows(kinds: readonly string[], facts: readonly string[]): Layout {
  const [kind = ''] = [...kinds, ...facts.filter(isSummaryName)];
  // The names that a task finds its fields by.
  const text = [...kinds, ...facts].some(isSummaryName) ? 'text' : 'context';
  return {
    columns: [text, ...kinds, 'file', 'title'],
    takesKnownNames: true,
    reason: { about: 'shape', code: 'DOCUMENT_PAIRS', data: { kind } },
    rows: (document, file, others) => [[wholeText(document, { withTitle: true }), ...others, file, titleOf(document)]],
  };
}

const wholeRows: Layout = {
  columns: ['context', 'target', 'file', 'title'],
  takesKnownNames: false,
  reason: { about: 'shape', code: 'DOCUMENT_WHOLE', data: {} },
  rows: (document, file) => {
    const title = titleOf(document);
    const text = wholeText(document, { withTitle: false });
    const { context, target } =
      title !== '' && text !== ''
        ? { context: title, target: text }
        : openedBy(wholeText(document, { withTitle: true }), shortName(file));
    return [[context, target, file, title]];
  },
};

const unwrittenRows: Layout = {
  columns: ['text', 'summary', 'file', 'title'],
  takesKnownNames: false,
  reason: { about: 'shape', code: 'DOCUMENT_UNWRITTEN', data: {} },
  rows: (document, file) => [[wholeText(document, { withTitle: true }), '', file, titleOf(document)]],
};

function labelledRows(files: readonly DocumentFile[]): Layout {
  const folders = [...new Set(files.map(({ name }) => labelOf(name)))].filter((folder) => folder !== '').sort();
  const areSplit = files.every(({ name }) => splitOf(name) !== undefined);
  return {
    columns: ['context', 'target', ...(areSplit ? ['split'] : []), 'file', 'title'],
    takesKnownNames: false,
    reason: { about: 'shape', code: 'DOCUMENT_LABELLED', data: { folders: shortened(folders.join(', '), 200) } },
    rows: (document, file) => {
      const split = areSplit ? [splitOf(file) ?? ''] : [];
      return [[wholeText(document, { withTitle: true }), labelOf(file), ...split, file, titleOf(document)]];
    },
  };
}

/** From 2 to 20 labels, each with some ten texts on average: fewer are the parts of a book, or its years. */
function areLabelled(files: readonly DocumentFile[]): boolean {
  const folders = files.map(({ name }) => labelOf(name));
  const labels = new Set(folders);
  const areTexts = files.every(({ name }) => /\.txt$/i.test(name));
  return areTexts && !labels.has('') && labels.size > 1 && labels.size <= 20 && files.length >= 10 * labels.size;
}

/** The innermost folder of a document that is not a split's; '' for one that lies in none. */
function labelOf(file: string): string {
  return foldersOf(file).findLast((folder) => splitNamed(folder) === undefined) ?? '';
}

/** The split that a folder of a document is called after. */
function splitOf(file: string): string | undefined {
  return foldersOf(file).find((folder) => splitNamed(folder) !== undefined);
}

function foldersOf(file: string): string[] {
  return file.split('/').slice(0, -1);
}

/** The keys that at least half of the texts with any have in their front matter, at most twenty. */
async function factNames(files: readonly DocumentFile[]): Promise<string[]> {
  const counts = new Map<string, number>();
  let texts = 0;
  for (const { path } of files.filter(({ name }) => /\.(?:md|markdown)$/i.test(name))) {
    const head = await firstBytes(path, longestFront).catch(() => '');
    const { facts } = frontMatter(Buffer.from(head, 'latin1').toString().replace(/\r\n?/g, '\n'));
    facts.delete('title');
    if (facts.size > 0) texts++;
    for (const fact of facts.keys()) counts.set(fact, (counts.get(fact) ?? 0) + 1);
  }
  return [...counts].flatMap(([fact, count]) => (count * 2 >= texts ? [fact] : [])).slice(0, 20);
}

function skippedReason(skipped: readonly string[]): FileReason {
  const data = { files: skipped.slice(0, 5).join(', '), count: skipped.length };
  return { about: 'format', code: 'DOCUMENTS_SKIPPED', data };
}

/** As a person would say it: without folders and ending. */
function shortName(file: string): string {
  return fileName(file)
    .replace(/\.[a-z]+$/i, '')
    .replace(/[_\s]+/g, ' ')
    .trim();
}
