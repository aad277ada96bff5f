import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { CsvOptions } from '../../../src-contract/dataset.ts';
import { StudioError } from '../../../src-contract/errors.ts';
import { because } from '../../../src-contract/failure-reason.ts';
import { fileKinds } from '../../../src-contract/file-kind.ts';
import { fileSignatures } from '../../../src-contract/file-signature.ts';
import { firstBytes } from '../../files/first-bytes.ts';
import { notAFile } from '../../files/require-file.ts';
import { dialectOf } from './chat-dialects.ts';
import { openChatText } from './chat-text.ts';
import { orderedTable } from './column-order.ts';
import { openCsv } from './csv-table.ts';
import { createDecoder } from './decoder.ts';
import { openDocuments } from './document-table.ts';
import { chooseEncoding } from './encoding.ts';
import { fingerprint } from './file-fingerprint.ts';
import { isTagged, isTranslations, kindOfFile } from './file-kind.ts';
import { type FileSurvey, fileError, fileName, surveyFile } from './file-survey.ts';
import { HtmlBook, isHtmlBook } from './html-book.ts';
import { kindOfJson, openJson } from './json-table.ts';
import { joinTables } from './many-tables.ts';
import { messageTable } from './message-table.ts';
import { isOds, OdsBook } from './ods-book.ts';
import { openParquet } from './parquet-table.ts';
import { isProse, markdown } from './prose.ts';
import { openQuestions } from './question-text.ts';
import { documentEndings, onlyDocuments } from './read-document.ts';
import { relatedTables, type TablePart } from './related-tables.ts';
import { shapedTable } from './shaped-table.ts';
import type { OpenTable } from './table.ts';
import { openTaggedWords } from './tagged-words-table.ts';
import { openTranslations } from './translation-table.ts';
import { openWorkbook } from './workbook-table.ts';
import { workbookPath, XlsxBook } from './xlsx-book.ts';
import { listZip, readEntry, type ZipEntry } from './zip-archive.ts';

interface NamedFile {
  readonly path: string;
  /** Display name. */
  readonly name: string;
}

/**
 * A file to read, and where to unpack it if it is packed: a folder that need not exist, and that the caller must
 * remove.
 */
export interface TableFile extends NamedFile {
  readonly unpackFolder: string;
}

/** What contains the file being opened, and how much of it may still be unpacked. */
interface Outer {
  readonly kind: 'folder' | 'zip' | 'gzip';
  readonly name: string;
  bytesLeft: number;
}

interface Opening {
  /** Also keep rows without any text. */
  readonly keepEmpty?: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly outer?: Outer | undefined;
}

/**
 * Opens a table of any kind: text, JSON, JSON Lines, Excel, OpenDocument, Parquet, or a folder or ZIP archive of those;
 * or documents.
 * The kind of a table is detected from the file's content, not its name. The caller must close it.
 *
 * Throws FILE_NOT_FOUND, FILE_UNREADABLE, FILE_EMPTY, FILE_NOT_A_TABLE, FILE_ENCODING, ARCHIVE_UNSAFE, OPTION_INVALID.
 */
export async function openTable(file: TableFile, options: CsvOptions = {}, opening: Opening = {}): Promise<OpenTable> {
  const likely = await documentLikelihood(file, options, opening);
  const asDocument = () =>
    openDocuments({ name: file.name, files: [file], skipped: [], close: async () => {} }, options);
  if (likely === 'sure') return asDocument();
  const table = await openAnyTable(file, options, opening).catch((error: unknown) => {
    // What begins like another format may be a text about it.
    const isOther = error instanceof StudioError && error.code === 'FILE_NOT_A_TABLE';
    if (isOther && likely !== 'none' && markdown.test(file.name)) return asDocument();
    throw error;
  });
  try {
    if (likely === 'possible' && (await isProse(table, opening.signal))) {
      await table.close();
      return asDocument();
    }
    // Choosing among them is done by their names and contents, and shown to a person.
    if (table.columns.length > mostTableColumns) throw noTables(file.name, fileKinds.COLUMNS_MANY);
    // The tables within a folder or an archive have been looked at on their own.
    if (table.facts.files !== undefined || table.facts.speaker !== undefined) return table;
    return await messageTable(table, options, { within: opening.outer?.name, signal: opening.signal });
  } catch (error) {
    await table.close();
    throw error;
  }
}

/** Judged by the name, as what a document says looks like any text; some of those may still be tables. */
async function documentLikelihood(
  { path, name }: TableFile,
  options: CsvOptions,
  { outer, keepEmpty }: Opening,
): Promise<'sure' | 'possible' | 'none'> {
  if (outer !== undefined || keepEmpty || !documentEndings.test(name) || !isPlain(options)) return 'none';
  if (options.format !== undefined || !(await stat(path).catch(() => undefined))?.isFile()) return 'none';
  return options.documents !== undefined || onlyDocuments.test(name) ? 'sure' : 'possible';
}

async function openAnyTable(
  file: TableFile,
  options: CsvOptions,
  { keepEmpty = false, signal, outer }: Opening,
): Promise<OpenTable> {
  const facts = await stat(file.path).catch((error: NodeJS.ErrnoException) => {
    throw fileError(error, file.name);
  });
  if (facts.isDirectory()) return openFolder(file, options, signal);
  if (!facts.isFile()) throw notAFile(file.name);
  const head = await firstBytes(file.path, 4).catch((error: NodeJS.ErrnoException) => {
    throw fileError(error, file.name);
  });
  if (head === fileSignatures.PARQUET) return openParquet(file, await fingerprint(file.path, signal), signal);
  if (head === fileSignatures.ZIP) {
    const entries = await listZip(file.path, file.name);
    const workbook = await workbookPath(file, entries, signal);
    if (workbook !== undefined || (await isOds(file, entries, signal))) {
      spend(outer, bytesOf(entries), file.name);
      const about = { name: file.name, print: await fingerprint(file.path, signal) };
      const mostRepeated = Math.min(mostUnpacked(facts.size), outer?.bytesLeft ?? largestArchive);
      const sheet =
        workbook === undefined
          ? await openWorkbook(
              await OdsBook.open(file, { entries, mostRepeated }, signal),
              { ...about, format: 'ods' },
              options,
              signal,
            )
          : await openWorkbook(
              await XlsxBook.open(file, { entries, workbook }, signal),
              { ...about, format: 'xlsx' },
              options,
              signal,
            );
      return shapedTable(orderedTable(sheet), signal);
    }
    if (entries.some(({ name }) => name.endsWith('.iwa'))) throw noTables(file.name, fileKinds.IWORK);
    // A text within a document, as the preview of a Hangul one, is not a table.
    const isOffice = entries.some(({ name }) => name === '[Content_Types].xml');
    const isDocument = entries.some(({ name }) => name === 'mimetype');
    const found = filesAmong(isDocument ? [] : entries.map(({ name }) => name), isOffice ? { format: 'csv' } : options);
    if (found.names.length > 0 && outer) throw noTables(file.name, fileKinds.ZIP);
    if (found.names.length > 0) return openArchive(file, { entries, found }, options, signal);
    if (entries.some(({ name }) => /\.(?:zip|gz|7z|rar|tar)$/i.test(name))) {
      throw noTables(file.name, fileKinds.ZIP_NESTED);
    }
    // Office documents are archives too, and are identified further down.
    if (!entries.some(({ name }) => name === '[Content_Types].xml' || name === 'mimetype')) {
      throw noTables(file.name, fileKinds.ZIP_EMPTY);
    }
  }
  if (head.startsWith('\x1f\x8b')) {
    if (outer?.kind === 'gzip') throw noTables(file.name, fileKinds.GZIP_NESTED);
    return openGzip(file, options, { signal, outer });
  }
  let found: 'translations' | 'tagged' | 'sheets' | undefined;
  const survey = await surveyFile(file.path, file.name, signal, (head) => {
    if (options.format === undefined && isPlain(options)) {
      found = isTranslations(head) ? 'translations' : isTagged(head) ? 'tagged' : undefined;
    }
    if (options.format === undefined && isHtmlBook(head, file.name)) found = 'sheets';
    return found === undefined ? kindOfFile(head) : undefined;
  });
  if (found === 'translations') return openTranslations(file, survey, options, signal);
  if (found === 'sheets') return openHtmlBook(file, survey, options, signal);
  if (found === 'tagged') return openTaggedWords(file, survey, options);
  if (options.format !== 'csv' && isPlain(options) && survey.bytes > 0) {
    const { encoding, bomBytes } = chooseEncoding(survey, options.encoding);
    const text = createDecoder(encoding).write(survey.head.subarray(bomBytes));
    const dialect = options.format === undefined ? dialectOf(text) : undefined;
    if (dialect) return openChatText(file, survey, { dialect, head: text, options, signal });
    const kind = options.format === 'json' || options.format === 'jsonl' ? options.format : kindOfJson(text);
    if (kind) return openJson(file, survey, kind, options, signal);
    const mayHaveQuestions = options.format === undefined && isPlainText(file.name);
    const questions = mayHaveQuestions ? await openQuestions(file, survey, { head: text, options, signal }) : undefined;
    if (questions) return questions;
  }
  return shapedTable(orderedTable(openCsv(file, survey, options, { keepEmpty })), signal);
}

/** A web page under the name of a workbook: read at once, as is the page of a document. */
async function openHtmlBook(
  { path, name }: NamedFile,
  survey: FileSurvey,
  options: CsvOptions,
  signal: AbortSignal | undefined,
): Promise<OpenTable> {
  if (survey.bytes > mostHtml) throw noTables(name, fileKinds.HTML);
  const encoded = chooseEncoding(survey, options.encoding);
  const decoder = createDecoder(encoded.encoding);
  const html = decoder.write((await readFile(path)).subarray(encoded.bomBytes)) + decoder.end();
  const book = new HtmlBook(html.toWellFormed(), name);
  const file = { name, format: 'html', print: await fingerprint(path, signal), encoded } as const;
  return shapedTable(orderedTable(await openWorkbook(book, file, options, signal)), signal);
}

/** Far more than a spreadsheet program opens of such a page. */
const mostHtml = 256 * 1024 * 1024;

/** As stated by `fileKinds.COLUMNS_MANY`. */
const mostTableColumns = 100_000;

function isPlainText(name: string): boolean {
  return documentEndings.test(name) && !onlyDocuments.test(name);
}

/** Specifying a delimiter or a quote implies a text table. */
function isPlain({ delimiter, quote, header, headerRows, skipLines }: CsvOptions): boolean {
  return [delimiter, quote, header, headerRows, skipLines].every((option) => option === undefined);
}

const endings =
  /\.(?:csv|tsv|tab|txt|json|jsonl|ndjson|xlsx|ods|parquet|tmx|xlf|(?:sdl|mq|m)?xliff|conll|bio|iob2?)(?:\.gz)?$/i;
/** As stated by `fileKinds.FOLDER_LARGE`. */
const mostFiles = 10_000;
const largestArchive = 64 * 1024 ** 3;

/** Far more than a table needs; a small archive may contain one that is highly repetitive. */
function mostUnpacked(packedBytes: number): number {
  return Math.min(largestArchive, Math.max(64 * 1024 * 1024, packedBytes * 200));
}

/** Nested archives could each be within bounds but exceed them together. */
function spend(outer: Outer | undefined, bytes: number, file: string): void {
  if (!outer) return;
  outer.bytesLeft -= bytes;
  if (outer.bytesLeft < 0) throw unpacksTo(bytes, file);
}

function unpacksTo(bytes: number, file: string): StudioError {
  return new StudioError('ARCHIVE_UNSAFE', {
    file,
    ...because('ARCHIVE_UNPACKS_TO', { size: Math.round(bytes / 1e6) }),
  });
}

function bytesOf(entries: readonly ZipEntry[]): number {
  return entries.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Hidden files, those that macOS adds to archives, and those of Excel beside an open workbook are not tables. */
function isTableName(path: string): boolean {
  return endings.test(path) && isVisible(path);
}

function isVisible(path: string): boolean {
  return !/^(?:\.|~\$)/.test(fileName(path)) && !/(?:^|[/\\])__MACOSX[/\\]/.test(path);
}

/** Texts about the tables or documents next to them. */
function isAbout(path: string): boolean {
  return aboutOthers.test(fileName(path));
}

const aboutOthers =
  /^(?:read[ _-]?me|licen[cs]e|copying|notice|change(?:log|s)|citation|authors|requirements)\b.*\.(?:txt|text|md|markdown)$/i;

/** What is read of a folder or an archive, judged by the names. */
interface FilesFound {
  readonly names: readonly string[];
  /** `texts`: tables if all texts among them are, else documents. */
  readonly as: 'tables' | 'documents' | 'texts';
}

/** A single file without an extension is opened as a table as well. */
function filesAmong(all: readonly string[], options: CsvOptions): FilesFound {
  const tables = all.filter(isTableName);
  const isWhole = (name: string) => !name.endsWith('/');
  const named = all.filter((name) => isWhole(name) && isVisible(name) && documentEndings.test(name));
  const documents = named.every(isAbout) ? named : named.filter((name) => !isAbout(name));
  const isTable = options.format !== undefined || !isPlain(options) || tables.some((name) => !isText(name));
  if (documents.length > 0 && (options.documents !== undefined || !isTable)) {
    const mayBeTables = options.documents === undefined && documents.some(isText);
    return { names: documents, as: mayBeTables ? 'texts' : 'documents' };
  }
  // What older programs call an Excel file is a web page often, but Excel's own cannot be read.
  const pages = tables.length === 0 ? all.filter((name) => /\.xls$/i.test(name) && isVisible(name)) : [];
  if (pages.length > 0) return { names: pages, as: 'tables' };
  const files = all.filter(isWhole);
  const isOnly = tables.length === 0 && files.length === 1 && !basename(files[0] ?? '.').includes('.');
  return { names: isOnly ? files : tables, as: 'tables' };
}

function isText(name: string): boolean {
  return /\.txt(?:\.gz)?$/i.test(name);
}

/** A new folder for the content of one archive. */
async function placeIn({ unpackFolder }: TableFile): Promise<string> {
  await mkdir(unpackFolder, { recursive: true });
  return mkdtemp(join(unpackFolder, 'archive-'));
}

/** Unpacks and opens the file in a gzip archive; the table's name is the archive's without its extension. */
async function openGzip(archive: TableFile, options: CsvOptions, { signal, outer }: Opening): Promise<OpenTable> {
  const folder = await placeIn(archive);
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const { size } = await stat(archive.path);
    const most = Math.min(mostUnpacked(size), outer?.bytesLeft ?? largestArchive);
    let bytes = 0;
    const bounded = async function* (pieces: AsyncIterable<Buffer>) {
      for await (const piece of pieces) {
        bytes += piece.length;
        if (bytes > most) {
          const why = because('ARCHIVE_UNPACKS_BEYOND', { size: Math.round(most / 1e6) });
          throw new StudioError('ARCHIVE_UNSAFE', { file: archive.name, ...why });
        }
        yield piece;
      }
    };
    const path = join(folder, 'table');
    await pipeline(createReadStream(archive.path), createGunzip(), bounded, createWriteStream(path), { signal });
    spend(outer, bytes, archive.name);
    const inside = { ...archive, path, name: archive.name.replace(/\.gz$/i, '') };
    const table = await openTable(inside, options, {
      signal,
      outer: { kind: 'gzip', name: archive.name, bytesLeft: most - bytes },
    });
    return {
      ...table,
      close: async () => {
        await table.close();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    signal?.throwIfAborted();
    if (error instanceof StudioError || !(error instanceof Error)) throw error;
    throw isDamaged(error) ? noTables(archive.name, fileKinds.GZIP_DAMAGED) : error;
  }
}

function isDamaged(error: Error): boolean {
  return 'code' in error && typeof error.code === 'string' && error.code.startsWith('Z_');
}

async function openFolder(folder: TableFile, options: CsvOptions, signal?: AbortSignal): Promise<OpenTable> {
  const entries = await readdir(folder.path, { recursive: true, withFileTypes: true }).catch((error) => {
    throw fileError(error, folder.name);
  });
  const found = entries
    // Symbolic links are not followed: everything imported is inside the folder.
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const nameOf = (path: string) =>
    path
      .slice(folder.path.length)
      .replace(/^[\\/]/, '')
      .replaceAll('\\', '/');
  const among = filesAmong(found.map(nameOf), options);
  if (among.names.length === 0) throw noTables(folder.name, fileKinds.FOLDER_EMPTY);
  if (among.names.length > mostFiles) throw noTables(folder.name, fileKinds.FOLDER_LARGE);
  const wanted = new Set(among.names);
  const paths = found.filter((path) => wanted.has(nameOf(path)));
  let bytes = 0;
  for (const path of paths) bytes += (await stat(path).catch(() => undefined))?.size ?? 0;
  return openParts(
    {
      ...{ whole: folder, outer: { kind: 'folder', name: folder.name, bytesLeft: mostUnpacked(bytes) } },
      as: among.as,
      files: paths.map((path) => ({ ...folder, path, name: nameOf(path) })),
      skipped: found.map(nameOf).filter((name) => !wanted.has(name)),
      close: async () => {},
    },
    options,
    signal,
  );
}

/** Unpacks the tables of an archive under generated names, so that no entry can name a path outside. */
async function openArchive(
  archive: TableFile,
  { entries, found }: { entries: readonly ZipEntry[]; found: FilesFound },
  options: CsvOptions,
  signal?: AbortSignal,
): Promise<OpenTable> {
  const wanted = new Set(found.names);
  const tables = entries.filter(({ name }) => wanted.has(name));
  const bytes = bytesOf(tables);
  const most = mostUnpacked((await stat(archive.path)).size);
  // Entries that share the same compressed bytes could each be within bounds but exceed them together.
  if (bytes > most) throw unpacksTo(bytes, archive.name);
  const folder = await placeIn(archive);
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const parts: TableFile[] = [];
    for (const [number, entry] of tables.toSorted((a, b) => (a.name < b.name ? -1 : 1)).entries()) {
      const path = join(folder, String(number));
      await pipeline(Readable.from(readEntry(archive.path, archive.name, entry, signal)), createWriteStream(path), {
        signal,
      });
      parts.push({ ...archive, path, name: entry.name });
    }
    const skipped = entries
      .filter((entry) => !tables.includes(entry) && !entry.name.endsWith('/'))
      .map(({ name }) => name);
    const outer = { kind: 'zip' as const, name: archive.name, bytesLeft: most - bytes };
    const { as } = found;
    return await openParts({ whole: archive, outer, as, files: parts, skipped, close: remove }, options, signal);
  } catch (error) {
    await remove();
    signal?.throwIfAborted();
    throw error;
  }
}

interface Parts {
  readonly whole: NamedFile;
  readonly outer: Outer & { readonly kind: 'folder' | 'zip' };
  readonly as: FilesFound['as'];
  readonly files: readonly TableFile[];
  readonly skipped: readonly string[];
  close(): Promise<void>;
}

async function openParts(parts: Parts, options: CsvOptions, signal?: AbortSignal): Promise<OpenTable> {
  const { whole, as, files, skipped, close } = parts;
  if (as === 'tables') return openTables(parts, options, signal);
  const texts = files.filter(({ name }) => isText(name));
  if (as === 'documents' || !(await areTables(texts, parts.outer, signal))) {
    return openDocuments({ name: whole.name, files, skipped, close }, options);
  }
  const others = files.filter((file) => !texts.includes(file)).map(({ name }) => name);
  return openTables({ ...parts, files: texts, skipped: [...skipped, ...others] }, options, signal);
}

/** Whether the first texts of a folder are tables, or one of them is a chat, which pictures and letters may be beside. */
async function areTables(texts: readonly TableFile[], outer: Outer, signal?: AbortSignal): Promise<boolean> {
  let isAny = false;
  for (const file of texts.slice(0, 20)) {
    try {
      const table = await openTable(file, {}, { signal, outer });
      try {
        if (table.facts.format === 'chat') return true;
        if (await isProse(table, signal)) return false;
      } finally {
        await table.close();
      }
      isAny = true;
    } catch (error) {
      if (!(error instanceof StudioError)) throw error;
      if (error.code !== 'FILE_EMPTY') return false;
    }
  }
  return isAny;
}

async function openTables(
  { whole, outer, files, skipped, close }: Parts,
  options: CsvOptions,
  signal?: AbortSignal,
): Promise<OpenTable> {
  const parts: TablePart[] = [];
  const left = [...skipped];
  const tables = files.every(({ name }) => isAbout(name)) ? files : files.filter(({ name }) => !isAbout(name));
  left.push(...files.filter((file) => !tables.includes(file)).map(({ name }) => name));
  // In an archive of different tables, one of them can be chosen like a sheet; else it is a sheet of each workbook.
  const wanted = tables.find(({ name }) => name === options.sheet)?.name;
  const ofParts = wanted === undefined ? options : { ...options, sheet: undefined };
  try {
    for (const file of tables) {
      try {
        parts.push({ name: file.name, table: await openTable(file, ofParts, { signal, outer }) });
      } catch (error) {
        // An empty file among others is skipped and reported; anything else is an error.
        if (!(error instanceof StudioError) || error.code !== 'FILE_EMPTY') throw error;
        left.push(file.name);
      }
    }
    if (parts.length === 0) throw new StudioError('FILE_EMPTY', { file: whole.name });
    // A single-column text file next to tables is prose.
    const isTable = ({ name, table }: TablePart) => !/\.txt$/i.test(name) || table.columns.length > 1;
    const kept = parts.some(({ table }) => table.columns.length > 1) ? parts.filter(isTable) : parts;
    left.push(...parts.filter((each) => !kept.includes(each)).map(({ name }) => name));
    const groups = relatedTables(kept);
    const isSheet = wanted !== undefined || kept.some(({ table }) => table.facts.sheets !== undefined);
    if (options.sheet !== undefined && groups.length > 1 && !isSheet) {
      const sheets = groups.map(([first]) => `“${first?.name}”`).join(', ');
      throw new StudioError('OPTION_INVALID', {
        option: 'sheet',
        ...because('SHEET_UNKNOWN', { sheet: options.sheet, sheets }),
      });
    }
    const chosen = groups.find((group) => group.some(({ name }) => name === wanted)) ?? groups[0] ?? [];
    const isRead = new Set(chosen);
    for (const part of parts) if (!isRead.has(part)) await part.table.close();
    const table = joinTables(whole.name, outer.kind, chosen, left, close);
    if (groups.length === 1) return table;
    // The first file of each group stands for it.
    const [sheet = '', sheets] = [chosen[0]?.name, groups.flatMap(([first]) => first?.name ?? [])];
    const others = kept.filter((part) => !isRead.has(part)).map(({ name }) => name);
    const data = { files: others.slice(0, 5).join(', '), count: others.length };
    const reasons = [...table.facts.reasons, { about: 'sheet' as const, code: 'PARTS_OTHER', data }];
    return { ...table, facts: { ...table.facts, sheet, sheets, reasons } };
  } catch (error) {
    // Errors while closing matter less than the original one.
    await Promise.allSettled(parts.map(({ table }) => table.close()));
    throw error;
  }
}

function noTables(file: string, found: string): StudioError {
  return new StudioError('FILE_NOT_A_TABLE', { file, found });
}
