import type { Block, DocumentText } from './document-blocks.ts';
import { attribute, type XmlToken, xmlTokens } from './xml-tokens.ts';
import { listZip, readEntry, type ZipEntry } from './zip-archive.ts';

/**
 * The paragraphs of a Word document (ECMA-376), deleted ones left out; headings by their style, whatever language it is
 * named in. `largest` bounds each part when unpacked. Throws ARCHIVE_UNSAFE, or a plain error for any other archive.
 */
export async function docxBlocks(path: string, largest: number, signal?: AbortSignal): Promise<DocumentText> {
  const entries = new Map((await listZip(path, path)).map((entry) => [entry.name.replaceAll('\\', '/'), entry]));
  const main = entries.get('word/document.xml') ?? [...entries.values()].find(({ name }) => mainPart.test(name));
  if (main === undefined) throw new Error('no Word document');
  const part = (entry: ZipEntry) => {
    if (entry.bytes > largest) throw new Error('too large');
    return xmlTokens(readEntry(path, path, entry, signal), () => new Error('too large'));
  };
  const styles = entries.get('word/styles.xml');
  const known = styles === undefined ? noStyles : await namedStyles(part(styles));
  return paragraphsOf(part(main), known);
}

const mainPart = /^word\/document\d*\.xml$/;

interface Styles {
  /** The level of each heading style by its id; 0 for the document's title. */
  readonly levels: ReadonlyMap<string, number>;
  /** The ids of those in bold type. */
  readonly bold: ReadonlySet<string>;
}

const noStyles: Styles = { levels: new Map(), bold: new Set() };

async function namedStyles(parts: AsyncIterable<readonly XmlToken[]>): Promise<Styles> {
  const levels = new Map<string, number>();
  const bold = new Set<string>();
  let id = '';
  for await (const tokens of parts) {
    for (const token of tokens) {
      if (token.kind !== 'open') continue;
      if (token.name === 'style') id = attribute(token.attributes, 'styleId') ?? '';
      const value = attribute(token.attributes, 'val') ?? '';
      if (token.name === 'b' && isOn(value)) bold.add(id);
      // Built-in styles keep their English name inside.
      const named = token.name === 'name' ? /^heading ([1-9])$/i.exec(value)?.[1] : undefined;
      if (named !== undefined) levels.set(id, Number(named));
      else if (token.name === 'name' && /^title$/i.test(value)) levels.set(id, 0);
      else if (token.name === 'outlineLvl' && /^[0-8]$/.test(value) && !levels.has(id))
        levels.set(id, Number(value) + 1);
    }
  }
  return { levels, bold };
}

/** Of a property that is there: it may also say that it is switched off. */
function isOn(value: string): boolean {
  return !/^(?:0|false|off|none)$/.test(value);
}

async function paragraphsOf(
  parts: AsyncIterable<readonly XmlToken[]>,
  { levels, bold }: Styles,
): Promise<DocumentText> {
  const blocks: Block[] = [];
  let title: string | undefined;
  let [text, isText, isListed, cells, doubled] = ['', false, false, 0, 0];
  let level: number | undefined;
  // Of the paragraph's style, of the run of letters, and of all its letters so far.
  let [isBoldStyle, isRun, isBold, areBold] = [false, false, false, true];
  const end = () => {
    const plain = text.replaceAll('\u00a0', ' ').trim();
    if (plain !== '') {
      if (level === 0) title ??= plain;
      const isTitle = level === 0 && title === plain;
      if (!isTitle)
        blocks.push({
          text: isListed ? `- ${plain}` : plain,
          ...(level !== undefined && { level: level || 1 }),
          ...(areBold && !plain.includes('\t') && { isBold: true }),
        });
    }
    [text, isListed, level] = ['', false, undefined];
    [isBoldStyle, areBold] = [false, true];
  };
  for await (const tokens of parts) {
    for (const token of tokens) {
      if (token.kind === 'text') {
        if (!isText || doubled !== 0) continue;
        text += token.text;
        if (!isBold && token.text.trim() !== '') areBold = false;
        continue;
      }
      const isOpen = token.kind === 'open' && !token.isEmpty;
      const { name } = token;
      // Shapes are there twice, for older programs as well.
      if (name === 'Fallback') doubled += isOpen ? 1 : token.kind === 'close' ? -1 : 0;
      if (name === 't') isText = isOpen;
      // Marks of the paragraph itself have the same names, but are in no run.
      if (name === 'r') [isRun, isBold] = [isOpen, isBoldStyle];
      if (token.kind === 'close') {
        if (name === 'p' && cells === 0) end();
        else if (name === 'p') text += ' ';
        else if (name === 'tc') {
          cells--;
          text += '\t';
        } else if (name === 'tr' && cells === 0) end();
        continue;
      }
      if (name === 'tab') text += isText || text !== '' ? '\t' : '';
      else if (name === 'br' || name === 'cr') text += '\n';
      else if (name === 'tc') cells++;
      else if (name === 'numPr') isListed = true;
      else if (name === 'pStyle') {
        const style = attribute(token.attributes, 'val') ?? '';
        level = levels.get(style);
        isBoldStyle = bold.has(style);
      } else if (name === 'b' && isRun) isBold = isOn(attribute(token.attributes, 'val') ?? '');
      else if (name === 'rStyle' && isRun) isBold ||= bold.has(attribute(token.attributes, 'val') ?? '');
      else if (name === 'outlineLvl' && level === undefined) {
        const value = Number(attribute(token.attributes, 'val') ?? 9);
        if (value < 9) level = value + 1;
      }
    }
  }
  end();
  return { blocks, ...(title !== undefined && { title }) };
}
