// The thread that reads the lines of PDFs, one file at a time: a broken one may take for ever or all memory, and the
// thread is then ended without what reads the other files.
import { readFile } from 'node:fs/promises';
import { parentPort } from 'node:worker_threads';
import { getDocumentProxy } from 'unpdf';
import type { PdfLine } from './pdf-blocks.ts';

export type PdfReply =
  | { readonly kind: 'pages'; readonly pages: readonly (readonly PdfLine[])[] }
  | { readonly kind: 'failed'; readonly isLocked: boolean };

parentPort?.on('message', (path: string) => void read(path).then((reply) => parentPort?.postMessage(reply)));

async function read(path: string): Promise<PdfReply> {
  try {
    // Nothing in a PDF may run or be fetched.
    const pdf = await getDocumentProxy(new Uint8Array(await readFile(path)), {
      ...{ isEvalSupported: false, useWorkerFetch: false, disableFontFace: true, stopAtErrors: false, verbosity: 0 },
    });
    const pages: PdfLine[][] = [];
    for (let number = 1; number <= pdf.numPages; number++) {
      const page = await pdf.getPage(number);
      const lines: PdfLine[] = [];
      let [text, height, y] = ['', 0, 0];
      for (const item of (await page.getTextContent()).items) {
        if (!('str' in item)) continue;
        text += item.str;
        if (item.height > height) [height, y] = [item.height, Number(item.transform[5])];
        if (!item.hasEOL) continue;
        if (text.trim() !== '') lines.push({ text: text.trim(), height, y });
        [text, height, y] = ['', 0, 0];
      }
      if (text.trim() !== '') lines.push({ text: text.trim(), height, y });
      pages.push(lines);
      page.cleanup();
    }
    await pdf.loadingTask.destroy();
    return { kind: 'pages', pages };
  } catch (error) {
    return { kind: 'failed', isLocked: error instanceof Error && error.name === 'PasswordException' };
  }
}
