// A worker that reads the text of one PDF: it receives the file's bytes and replies once.
import { getDocumentProxy } from 'unpdf';
import { isPdfLocked, pdfOptions } from '../../src-contract/pdf-reading.ts';

export type PdfReply =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'failed'; readonly why: 'PDF_DAMAGED' | 'PDF_LOCKED' | 'PDF_SLOW' };

const mostPages = 500;
const mostLetters = 2_000_000;

addEventListener('message', ({ data }: MessageEvent<ArrayBuffer>) => {
  void read(data).then((reply) => postMessage(reply));
});

async function read(bytes: ArrayBuffer): Promise<PdfReply> {
  try {
    const pdf = await getDocumentProxy(new Uint8Array(bytes), pdfOptions);
    const pages: string[] = [];
    let letters = 0;
    for (let number = 1; number <= Math.min(pdf.numPages, mostPages) && letters < mostLetters; number++) {
      const { items } = await (await pdf.getPage(number)).getTextContent();
      const page = items.map((item) => ('str' in item ? item.str + (item.hasEOL ? '\n' : '') : '')).join('');
      pages.push(page.trim());
      letters += page.length;
    }
    return { kind: 'text', text: pages.filter(Boolean).join('\n\n') };
  } catch (error) {
    return { kind: 'failed', why: isPdfLocked(error) ? 'PDF_LOCKED' : 'PDF_DAMAGED' };
  }
}
