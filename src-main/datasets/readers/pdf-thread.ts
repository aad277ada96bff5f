// The thread that reads the lines of PDFs, one file at a time: a broken one may take for ever or all memory, and the
// thread is then ended without what reads the other files.
import { readFile } from 'node:fs/promises';
import { parentPort } from 'node:worker_threads';
import { getDocumentProxy } from 'unpdf';
import { isPdfLocked, pdfOptions } from '../../../src-contract/pdf-reading.ts';
import type { PdfLine } from './pdf-blocks.ts';

export type PdfReply =
  | { readonly kind: 'pages'; readonly pages: readonly (readonly PdfLine[])[] }
  | { readonly kind: 'failed'; readonly isLocked: boolean };

parentPort?.on('message', (path: string) => void read(path).then((reply) => parentPort?.postMessage(reply)));

async function read(path: string): Promise<PdfReply> {
  try {
    const pdf = await getDocumentProxy(new Uint8Array(await readFile(path)), pdfOptions);
    const pages: PdfLine[][] = [];
    for (let number = 1; number <= pdf.numPages; number++) {
      const page = await pdf.getPage(number);
      const lines: PdfLine[] = [];
      let [text, height, y] = ['', 0, 0];
      let drawn = { str: '', x: 0, y: 0 };
      for (const item of (await page.getTextContent()).items) {
        if (!('str' in item)) continue;
        // Some programs draw bold letters twice, a little aside.
        const [x, place] = [Number(item.transform[4]), Number(item.transform[5])];
        const isTwice = item.str === drawn.str && Math.abs(x - drawn.x) < 1 && Math.abs(place - drawn.y) < 1;
        if (!isTwice || item.str === '') text += item.str;
        if (item.str.trim() !== '') drawn = { str: item.str, x, y: place };
        if (item.height > height) [height, y] = [item.height, place];
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
    return { kind: 'failed', isLocked: isPdfLocked(error) };
  }
}
