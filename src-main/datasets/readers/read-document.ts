import { readFile, stat } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { ownProgram } from '../../async/own-program.ts';
import { createDecoder, withoutMarks } from './decoder.ts';
import { type DocumentText, markdownBlocks, plainBlocks } from './document-blocks.ts';
import { docxBlocks } from './docx-blocks.ts';
import { chooseEncoding } from './encoding.ts';
import { surveyFile } from './file-survey.ts';
import { htmlBlocks } from './html-blocks.ts';
import { mailBlocks } from './mail-blocks.ts';
import { pdfBlocks } from './pdf-blocks.ts';
import type { PdfReply } from './pdf-thread.ts';
import type { RecordProblem } from './table.ts';

/** Endings of the names of documents. */
export const documentEndings = /\.(?:txt|text|md|markdown|html?|docx|pdf|eml)$/i;
/** Those that cannot be tables. */
export const onlyDocuments = /\.(?:html?|docx|pdf|eml)$/i;

export interface DocumentFile {
  readonly path: string;
  /** With its folders; for display and to find what belongs together, never used as a path. */
  readonly name: string;
}

export type ReadDocument = DocumentText | { readonly problem: RecordProblem };

/**
 * Reads documents one after another. Whatever is wrong with one is told instead of its text: it shall not keep the
 * others from being read. The caller must close it.
 */
export class DocumentReader {
  #pdfs: Worker | undefined;

  /** `encoding` is for texts, if it was chosen. */
  async read({ path, name }: DocumentFile, encoding?: string, signal?: AbortSignal): Promise<ReadDocument> {
    try {
      if ((await stat(path)).size > mostBytes) return { problem: 'DOCUMENT_LARGE' };
      const document = /\.pdf$/i.test(name)
        ? await this.#pdf(path, signal)
        : /\.docx$/i.test(name)
          ? await docxBlocks(path, mostBytes, signal)
          : /\.eml$/i.test(name)
            ? mailBlocks(await readFile(path, { signal }))
            : await textDocument(path, name, encoding, signal);
      return 'problem' in document || document.blocks.length > 0 ? document : { problem: 'DOCUMENT_EMPTY' };
    } catch {
      signal?.throwIfAborted();
      return { problem: 'DOCUMENT_DAMAGED' };
    }
  }

  async close(): Promise<void> {
    await this.#pdfs?.terminate();
    this.#pdfs = undefined;
  }

  async #pdf(path: string, signal: AbortSignal | undefined): Promise<ReadDocument> {
    this.#pdfs ??= new Worker(ownProgram(import.meta.url, './pdf-thread.ts'), {
      ...{ execArgv: [], stdout: true, stderr: true, resourceLimits: { maxOldGenerationSizeMb: 1024 } },
    });
    const thread = this.#pdfs;
    const done = new AbortController();
    try {
      const reply = await new Promise<PdfReply | 'slow' | 'large' | 'ended'>((resolve, reject) => {
        const timer = setTimeout(() => resolve('slow'), pdfPatienceMs);
        // What a PDF unpacks is outside the thread's own limits.
        const before = process.memoryUsage.rss();
        const watch = setInterval(() => process.memoryUsage.rss() - before > mostMemory && resolve('large'), 100);
        // unpdf 1.8 posts a message of its own in a worker, which is not the reply.
        const heard = (message: PdfReply | object) => 'kind' in message && resolve(message);
        const ended = () => resolve('ended');
        thread.on('message', heard).on('error', ended).on('exit', ended);
        signal?.addEventListener('abort', () => reject(signal.reason), { signal: done.signal });
        done.signal.addEventListener('abort', () => {
          clearTimeout(timer);
          clearInterval(watch);
          thread.off('message', heard).off('error', ended).off('exit', ended);
        });
        thread.postMessage(path);
      });
      if (typeof reply === 'string') {
        await this.close();
        return {
          problem: ({ slow: 'DOCUMENT_SLOW', large: 'DOCUMENT_LARGE', ended: 'DOCUMENT_DAMAGED' } as const)[reply],
        };
      }
      if (reply.kind === 'failed') return { problem: reply.isLocked ? 'DOCUMENT_LOCKED' : 'DOCUMENT_DAMAGED' };
      return pdfBlocks(reply.pages);
    } finally {
      done.abort();
    }
  }
}

async function textDocument(
  path: string,
  name: string,
  encoding: string | undefined,
  signal: AbortSignal | undefined,
): Promise<DocumentText> {
  const survey = await surveyFile(path, name, signal, () => undefined);
  if (survey.bytes === 0) return { blocks: [] };
  const chosen = chooseEncoding(survey, encoding);
  const decoder = createDecoder(chosen.encoding);
  const bytes = (await readFile(path, { signal })).subarray(chosen.bomBytes);
  const text = withoutMarks(decoder.write(bytes) + decoder.end()).replace(/\r\n?/g, '\n');
  if (/\.html?$/i.test(name)) return htmlBlocks(text);
  return /\.(?:md|markdown)$/i.test(name) ? markdownBlocks(text) : plainBlocks(text);
}

/** As stated by `ROW_DOCUMENT_LARGE`, as is the memory; far more than any book has as text. */
const mostBytes = 64 * 1024 * 1024;
const mostMemory = 1024 ** 3;
const pdfPatienceMs = 60_000;
