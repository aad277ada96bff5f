import { StudioError } from '../../src-contract/errors.ts';
import { type Because, because } from '../../src-contract/failure-reason.ts';
import type { PdfReply } from './pdf-worker.ts';

/** File types the chooser offers; dropped files are judged by their content. */
export const documentAccept = '.txt,.md,.markdown,.text,.pdf,text/plain,text/markdown,application/pdf';

const mostBytes = 32 * 1024 * 1024;
const pdfPatienceMs = 60_000;

/** True for a file that belongs in a message rather than in a dataset. */
export function isDocument(file: File): boolean {
  return /\.(txt|text|md|markdown|pdf)$/i.test(file.name);
}

/** The text of a document: plain text, Markdown source, or the text of a PDF. Throws DOCUMENT_UNREADABLE. */
export async function readDocument(file: File): Promise<string> {
  if (file.size > mostBytes) throw unreadable(file, because('DOCUMENT_TOO_LARGE', { most: mostBytes / 1024 / 1024 }));
  const bytes = await file.arrayBuffer();
  const start = new TextDecoder('latin1').decode(bytes.slice(0, 1024));
  const text = start.includes('%PDF-') ? await pdfText(file, bytes) : plainText(file, bytes);
  if (text.trim() === '') throw unreadable(file, because('DOCUMENT_WITHOUT_TEXT'));
  return text;
}

/** UTF-16 by its byte order mark, else UTF-8, else what older Korean files use, else what older Western ones do. */
function plainText(file: File, bytes: ArrayBuffer): string {
  const [first, second] = new Uint8Array(bytes.slice(0, 2));
  if (first === 0xff && second === 0xfe) return tidy(new TextDecoder('utf-16le').decode(bytes));
  if (first === 0xfe && second === 0xff) return tidy(new TextDecoder('utf-16be').decode(bytes));
  for (const { encoding, fits } of encodings) {
    try {
      const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
      if (!text.includes('\0') && fits(text)) return tidy(text);
    } catch {
      // The next encoding may fit.
    }
  }
  throw unreadable(file, because('DOCUMENT_UNKNOWN'));
}

/** What is valid in one of the older encodings may still be in another. */
const encodings: readonly { readonly encoding: string; readonly fits: (text: string) => boolean }[] = [
  { encoding: 'utf-8', fits: () => true },
  // Two Western letters with accents, one after the other, are a Chinese sign in it.
  { encoding: 'euc-kr', fits: (text) => /\p{Script=Hangul}/u.test(text) },
  // Any byte is a letter in it, but Western text has few others than those of English.
  {
    encoding: 'windows-1252',
    fits: (text) => !/[^\P{Cc}\s]/u.test(text) && text.replace(/[\x20-\x7e\s]/g, '').length * 5 < text.length,
  },
];

/** In a worker, which is terminated if it takes too long: a broken PDF must not block the page. */
async function pdfText(file: File, bytes: ArrayBuffer): Promise<string> {
  const worker = new Worker(new URL('./pdf-worker.ts', import.meta.url), { type: 'module' });
  try {
    const reply = await new Promise<PdfReply>((resolve) => {
      setTimeout(() => resolve({ kind: 'failed', why: 'PDF_SLOW' }), pdfPatienceMs);
      // unpdf 1.8 posts a message of its own in a worker, which is not the reply.
      worker.onmessage = ({ data }: MessageEvent<PdfReply | object>) => 'kind' in data && resolve(data);
      worker.onerror = () => resolve({ kind: 'failed', why: 'PDF_DAMAGED' });
      worker.postMessage(bytes, [bytes]);
    });
    if (reply.kind === 'failed') throw unreadable(file, because(reply.why));
    return tidy(reply.text);
  } finally {
    worker.terminate();
  }
}

function tidy(text: string): string {
  return text
    .replace(/^\uFEFF/, '')
    .replace(/\r\n?/g, '\n')
    .trim();
}

function unreadable(file: File, why: Because): StudioError {
  return new StudioError('DOCUMENT_UNREADABLE', { file: file.name, ...why });
}
