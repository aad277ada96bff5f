import type { CsvOptions } from '../../../src-contract/dataset.ts';
import { createDecoder } from './decoder.ts';
import { chooseEncoding } from './encoding.ts';
import { fingerprint } from './file-fingerprint.ts';
import { filePieces } from './file-pieces.ts';
import type { FileSurvey } from './file-survey.ts';
import type { OpenTable, TablePiece, TableRecord } from './table.ts';

/** The columns of a chat that a messenger has exported as text; without a sender, it is a notice or what stood for a picture. */
const columns = ['time', 'sender', 'message'];

/** Whether a text begins like a chat exported by WhatsApp or KakaoTalk. */
export function isChatText(text: string): boolean {
  const lines = text
    .split(/\r?\n/, 200)
    .slice(0, -1)
    .filter((line) => line.trim() !== '');
  const messages = lines.filter((line) => startOf(line, '')?.cells[1]).length;
  // Messages may have several lines, but not most of them.
  return messages >= 3 && messages * 3 >= lines.length;
}

/** One message a row, whatever it has of line ends, commas and colons. Throws whatever `chooseEncoding` throws. */
export function openChatText(file: { path: string }, survey: FileSurvey, options: CsvOptions = {}): OpenTable {
  const { encoding, bomBytes, reason } = chooseEncoding(survey, options.encoding);
  const { name, bytes } = survey;
  async function* rows(signal?: AbortSignal): AsyncGenerator<TablePiece, void> {
    const decoder = createDecoder(encoding);
    const messages = new ChatLines();
    let [rest, bytesRead] = ['', 0];
    for await (const piece of filePieces(file.path, signal)) {
      const lines = (rest + decoder.write(bytesRead === 0 ? piece.subarray(bomBytes) : piece)).split(/\r?\n/);
      bytesRead += piece.length;
      rest = lines.pop() ?? '';
      yield { records: lines.flatMap((line) => messages.read(line)), bytesRead };
    }
    yield { records: [...messages.read(rest + decoder.end()), ...messages.end()], bytesRead };
  }
  return {
    facts: {
      ...{
        name,
        format: 'chat',
        encoding,
        delimiter: '',
        quote: '',
        escape: '',
        header: false,
        skippedLines: 0,
        bytes,
      },
      reasons: [{ about: 'format', code: 'FORMAT_CHAT', data: {} }, reason],
    },
    sha256: async (signal) => (await fingerprint(file.path, signal)).sha256,
    columns,
    bytesTotal: bytes,
    rows,
    raw: rows,
    close: async () => {},
  };
}

/** Puts the lines of a chat together: those without a time continue the message above. */
class ChatLines {
  #open: { cells: string[]; line: number } | undefined;
  #line = 0;
  /** Of the messages below, where a line of its own tells it. */
  #day = '';

  read(line: string): TableRecord[] {
    this.#line++;
    const day = dayLine.exec(line)?.[1];
    if (day !== undefined) {
      this.#day = day;
      return this.end();
    }
    const start = startOf(line, this.#day);
    if (start !== undefined) {
      const done = this.end();
      this.#open = { cells: start.cells, line: this.#line };
      return done;
    }
    const { cells } = this.#open ?? {};
    if (cells !== undefined) cells[2] = `${cells[2]}\n${line}`;
    return [];
  }

  end(): TableRecord[] {
    const open = this.#open;
    this.#open = undefined;
    if (open === undefined) return [];
    const [time = '', sender = '', text = ''] = open.cells;
    const message = text.replace(edited, '').trim();
    return [{ cells: [time, isNoMessage(message) ? '' : sender, message], line: open.line }];
  }
}

const date = String.raw`(?:\d{1,4}[./-] ?\d{1,2}[./-] ?\d{1,4}\.?|\d{4}년 \d{1,2}월 \d{1,2}일|\p{L}{3,12} \d{1,2}, \d{4}(?: at)?)`;
const clock = String.raw`(?:(?:오전|오후)[ \u202f]?)?\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:[ \u00a0\u202f]?[AaPp]\.?[ \u00a0]?[Mm]\.?)?`;

/** A message, or a notice, which has no name before a colon. */
const starts = [
  // WhatsApp on Android, on an iPhone
  new RegExp(`^(${date},? ${clock}) [-–] (?:([^:]{1,80}): )?(.*)$`, 'u'),
  new RegExp(`^\\[(${date},? ${clock})\\] (?:([^:]{1,80}): )?(.*)$`, 'u'),
  // KakaoTalk on a phone
  new RegExp(`^(${date} ${clock})(?:, (.{1,80}?) : (.*))?$`, 'u'),
];
/** KakaoTalk on a computer */
const named = new RegExp(`^\\[(.{1,80}?)\\] \\[(${clock})\\] (.*)$`, 'u');
const dayLine = /^-{5,} (.*\d.*) -{5,}$/;

function startOf(line: string, day: string): { readonly cells: string[] } | undefined {
  // Some messengers put marks of the direction of writing before what they write themselves.
  const plain = line.replace(/^[\u200e\u200f\ufeff]+/, '');
  for (const pattern of starts) {
    const [, time, sender = '', text = ''] = pattern.exec(plain) ?? [];
    if (time !== undefined) return { cells: [time, sender.replace(/^[~\u200e\u202a\u00a0 ]+|\u202c$/g, ''), text] };
  }
  const [, sender, time, text = ''] = named.exec(plain) ?? [];
  return sender === undefined || time === undefined ? undefined : { cells: [`${day} ${time}`.trim(), sender, text] };
}

const edited = / ?\u200e?<(?:This message was edited|편집된 메시지)>$/;

/** What stands for a picture, a call or a message taken back. */
function isNoMessage(text: string): boolean {
  return text === '' || text.startsWith('\u200e') || placeholder.test(text);
}

const placeholder =
  /^(?:<[^<>]{4,60}>|.{0,80}\((?:file attached|파일 첨부됨|파일 첨부)\)|(?:This message was deleted|You deleted this message|Missed (?:voice|video) call)\.?|(?:사진|동영상|이모티콘|음성메시지|보이스톡|페이스톡|삭제된 메시지입니다\.?|사진 \d+장|Photo|Video|Emoticon|Photos? \d+))$/;
