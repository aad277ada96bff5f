import type { Block, DocumentText } from './document-blocks.ts';
import { withEntities } from './html-entities.ts';

/**
 * The text of a web page: headings, and paragraphs between the tags that make blocks. Nothing is run or fetched; menus,
 * forms and scripts are left out. Reads once from start to end, whatever is never closed.
 */
export function htmlBlocks(html: string): DocumentText {
  const blocks: Block[] = [];
  let title = '';
  let open = '';
  let level: number | undefined;
  /** The element that is left out, and how many of its kind are open within. */
  let skipped = { name: '', depth: 0 };
  let isPre = false;
  const end = () => {
    const lines = open.split('\n').map((line) => line.replace(/[ \t\r\f]+/g, ' ').trim());
    const text = isPre ? open.replace(/^\n/, '').trimEnd() : lines.join('\n').trim();
    if (/[^\s-]/.test(text)) blocks.push({ text, ...(level !== undefined && { level }) });
    open = '';
  };
  for (let place = 0; place < html.length; ) {
    const found = html.indexOf('<', place);
    const before = html.slice(place, found < 0 ? html.length : found);
    if (skipped.depth === 0) open += withEntities(isPre ? before : before.replace(/\s+/g, ' '));
    if (found < 0) break;
    const tag = /^<(\/?)([a-z][a-z0-9:-]*)/i.exec(html.slice(found, found + 40));
    // Before the end of a tag is looked for, which may be far away.
    if (tag === null && !/^<[!?/]/.test(html.slice(found, found + 2))) {
      if (skipped.depth === 0) open += '<';
      place = found + 1;
      continue;
    }
    const isComment = html.startsWith('<!--', found);
    const close = html.indexOf(isComment ? '-->' : '>', found);
    if (close < 0) break;
    place = close + (isComment ? 3 : 1);
    if (tag === null) continue;
    const [name, isEnd] = [(tag[2] ?? '').toLowerCase(), tag[1] === '/'];
    if (skipped.depth > 0) {
      if (name === skipped.name) skipped = { name, depth: skipped.depth + (isEnd ? -1 : 1) };
    } else if (!isEnd && raw.has(name)) {
      const last = new RegExp(`</${name}`, 'gi');
      last.lastIndex = place;
      const at = last.exec(html)?.index ?? html.length;
      if (name === 'title' && title === '') title = withEntities(html.slice(place, at)).replace(/\s+/g, ' ').trim();
      place = html.indexOf('>', at) < 0 ? html.length : html.indexOf('>', at) + 1;
    } else if (!isEnd && leftOut.has(name) && html[close - 1] !== '/') {
      end();
      skipped = { name, depth: 1 };
    } else if (name === 'br') open += '\n';
    else if (name === 'td' || name === 'th') open += isEnd ? ' ' : '\t';
    else if (inBlocks.has(name)) {
      end();
      isPre = name === 'pre' && !isEnd;
      level = !isEnd && /^h[1-6]$/.test(name) ? Number(name[1]) : undefined;
      if (name === 'li' && !isEnd) open = '- ';
    }
  }
  end();
  // The title often names the site as well.
  const top = blocks.find((block) => block.level === 1)?.text ?? title;
  return { blocks, ...(top !== '' && { title: top }) };
}

const raw = new Set(['script', 'style', 'title', 'textarea', 'noscript', 'iframe']);
const leftOut = new Set(['nav', 'svg', 'template', 'form', 'select', 'button', 'object', 'video', 'audio', 'canvas']);
const inBlocks = new Set([
  ...['address', 'article', 'aside', 'blockquote', 'body', 'dd', 'div', 'dl', 'dt', 'fieldset', 'figcaption', 'figure'],
  ...['footer', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'head', 'header', 'hr', 'html', 'li', 'main', 'ol', 'p', 'pre'],
  ...['section', 'summary', 'table', 'tbody', 'tfoot', 'thead', 'tr', 'ul'],
]);
