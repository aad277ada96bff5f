import { htmlBlocks } from './html-blocks.ts';

/** What Anki writes above the notes that it exports as text. */
export interface AnkiHeader {
  /** Lines above the notes. */
  readonly lines: number;
  readonly delimiter: string;
  /** Cells have HTML. */
  readonly isHtml: boolean;
  /** The names of so many columns. */
  namesOf(width: number): string[];
}

/** Undefined if a text has none. Source: the Anki manual, “Text Files”, “File Headers”. */
export function ankiHeader(text: string): AnkiHeader | undefined {
  const [above = ''] = /^\ufeff?#separator:[^\r\n]*\r?\n(?:#[a-z ]+:[^\r\n]*\r?\n)*/i.exec(text) ?? [];
  if (above === '') return undefined;
  const lines = above.trimEnd().split(/\r?\n/);
  const told = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(line.indexOf('#') + 1, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
    }),
  );
  const separator = told.get('separator') ?? '';
  const delimiter = separators.get(separator.toLowerCase()) ?? (separator.length === 1 ? separator : '\t');
  const own = new Map(
    ['guid', 'notetype', 'deck', 'tags'].map((name) => [Number(told.get(`${name} column`)) - 1, `Anki ${name}`]),
  );
  const written = told.get('columns')?.split(delimiter) ?? [];
  return {
    ...{ lines: lines.length, delimiter, isHtml: told.get('html')?.toLowerCase() === 'true' },
    namesOf(width) {
      let fields = 0;
      // Tags sort notes, and are not what is asked.
      const named = (name: string) => (/^tags$/i.test(name) ? `Anki ${name.toLowerCase()}` : name);
      return Array.from({ length: Math.max(width, written.length) }, (_, place) => {
        const found = own.get(place) ?? written[place];
        if (found !== undefined) return named(found.trim());
        fields++;
        return ['Front', 'Back'][fields - 1] ?? `Field ${fields}`;
      });
    },
  };
}

const separators = new Map([
  ['tab', '\t'],
  ['comma', ','],
  ['semicolon', ';'],
  ['pipe', '|'],
  ['colon', ':'],
  ['space', ' '],
]);

/** The text of a field with HTML, without the sounds that are played with it. */
export function ankiText(cell: string): string {
  if (!/[<&[]/.test(cell)) return cell;
  const { blocks } = htmlBlocks(cell.replaceAll(/\[sound:[^\]\n]*\]/g, ''));
  return blocks.map(({ text }) => text).join('\n');
}
