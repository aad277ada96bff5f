import type { CsvOptions } from '../../../src-contract/dataset.ts';
import { type ChatDialect, type ChatMessage, headingOf } from './chat-dialects.ts';
import { createDecoder } from './decoder.ts';
import { chooseEncoding } from './encoding.ts';
import { fingerprint } from './file-fingerprint.ts';
import { filePieces } from './file-pieces.ts';
import type { FileSurvey } from './file-survey.ts';
import { SenderNames } from './sender-names.ts';
import { type OpenTable, type TablePiece, type TableRecord, undelimited } from './table.ts';

/** The columns of a chat that a messenger has exported as text; without a sender, it is a notice or what stood for a picture. */
const columns = ['time', 'sender', 'message'];

/**
 * One message a row, whatever it has of line ends, commas and colons; `head` is how the text begins. Throws whatever
 * `chooseEncoding` throws.
 */
export async function openChatText(
  file: { path: string },
  survey: FileSurvey,
  {
    dialect,
    head,
    options,
    signal,
  }: { dialect: ChatDialect; head: string; options: CsvOptions; signal?: AbortSignal | undefined },
): Promise<OpenTable> {
  const { encoding, bomBytes, reason } = chooseEncoding(survey, options.encoding);
  const { name, bytes } = survey;
  async function* lines(signal?: AbortSignal): AsyncGenerator<{ found: string[]; bytesRead: number }, void> {
    const decoder = createDecoder(encoding);
    let [rest, bytesRead] = ['', 0];
    for await (const piece of filePieces(file.path, signal)) {
      const found = (rest + decoder.write(bytesRead === 0 ? piece.subarray(bomBytes) : piece)).split(/\r?\n/);
      bytesRead += piece.length;
      rest = found.pop() ?? '';
      yield { found, bytesRead };
    }
    yield { found: [rest + decoder.end()], bytesRead };
  }
  const names = new SenderNames(dialect);
  const reading = new ChatLines(dialect, (message) => {
    names.see(message);
    return message;
  });
  // At spaces, many a name is cut; at colons, few are.
  for await (const { found } of dialect.afterName === ' ' ? lines(signal) : [{ found: head.split(/\r?\n/) }]) {
    for (const line of found) reading.read(line);
  }
  reading.end();
  async function* rows(signal?: AbortSignal): AsyncGenerator<TablePiece, void> {
    const messages = new ChatLines(dialect, (message) => names.corrected(message));
    for await (const { found, bytesRead } of lines(signal)) {
      yield { records: found.flatMap((line) => messages.read(line)), bytesRead };
    }
    yield { records: messages.end(), bytesRead: bytes };
  }
  return {
    facts: {
      ...{
        name,
        format: 'chat',
        encoding,
        ...undelimited,
        header: false,
        skippedLines: 0,
        bytes,
      },
      reasons: [{ about: 'format', code: dialect.reason, data: {} }, reason],
    },
    sha256: async (signal) => (await fingerprint(file.path, signal)).sha256,
    heading: headingOf(head, dialect),
    columns,
    bytesTotal: bytes,
    rows,
    raw: rows,
    close: async () => {},
  };
}

/** Puts the lines of a chat together: those without a time continue the message above. */
class ChatLines {
  readonly #dialect: ChatDialect;
  readonly #corrected: (message: ChatMessage) => ChatMessage;
  #open: { readonly message: ChatMessage; readonly more: string[]; readonly line: number } | undefined;
  #line = 0;
  /** Of the messages below, where a line of its own tells it. */
  #day = '';

  /** `corrected` is told each message, and returns it with its whole name. */
  constructor(dialect: ChatDialect, corrected: (message: ChatMessage) => ChatMessage) {
    this.#dialect = dialect;
    this.#corrected = corrected;
  }

  read(line: string): TableRecord[] {
    this.#line++;
    const day = this.#dialect.dayOf(line);
    if (day !== undefined) {
      this.#day = day;
      return this.end();
    }
    const message = this.#dialect.messageOf(line, this.#day);
    if (message === undefined) {
      this.#open?.more.push(line);
      return [];
    }
    const done = this.end();
    this.#open = { message, more: [], line: this.#line };
    return done;
  }

  end(): TableRecord[] {
    const open = this.#open;
    this.#open = undefined;
    if (open === undefined) return [];
    const { time, sender, text } = this.#corrected(open.message);
    const own = this.#dialect.textOf([text, ...open.more].join('\n'));
    return [{ cells: [time, own === '' ? '' : sender, own], line: open.line }];
  }
}
