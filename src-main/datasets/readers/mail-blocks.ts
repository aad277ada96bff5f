import { literally } from '../../../src-contract/regexp-literally.ts';
import { createDecoder, isKnownEncoding, withoutMarks } from './decoder.ts';
import { type DocumentText, plainBlocks } from './document-blocks.ts';
import { htmlBlocks } from './html-blocks.ts';

/**
 * What an e-mail says (RFC 5322, MIME), with its subject as the title: the plain text, or else the text of its page.
 * Attachments, the quoted mail below an answer and the signature are left out.
 */
export function mailBlocks(bytes: Buffer): DocumentText {
  // One character for each byte: parts may be in different encodings.
  const mail = partOf(bytes.toString('latin1'));
  const title = words(mail.headers.get('subject') ?? '');
  const plain = textIn(mail, 'text/plain', 0);
  const html = plain === undefined ? textIn(mail, 'text/html', 0) : undefined;
  const { blocks } = html === undefined ? plainBlocks(own(plain ?? '')) : htmlBlocks(html);
  // Short lines of a letter, such as its names, are no headings.
  const texts = html === undefined ? blocks.map(({ text }) => ({ text })) : blocks;
  return { blocks: texts, ...(title !== '' && { title }) };
}

interface MailPart {
  /** By their names in small letters. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

function partOf(source: string): MailPart {
  const end = /\r?\n\r?\n/.exec(source);
  const head = source.slice(0, end?.index ?? source.length).replace(/\r?\n[ \t]/g, ' ');
  const headers = new Map<string, string>();
  for (const line of head.split(/\r?\n/)) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon)).toLowerCase();
    if (colon > 0 && !headers.has(name)) headers.set(name, line.slice(colon + 1).trim());
  }
  return { headers, body: end === null ? '' : source.slice(end.index + end[0].length) };
}

/** The first text of a kind that is not attached, in parts within parts, of which a mail has few. */
function textIn({ headers, body }: MailPart, kind: string, depth: number): string | undefined {
  const type = headers.get('content-type') ?? 'text/plain';
  if (/^attachment/i.test(headers.get('content-disposition') ?? '')) return undefined;
  if (/^multipart\//i.test(type)) {
    const boundary = parameter(type, 'boundary');
    if (boundary === undefined || depth >= mostDepth) return undefined;
    const line = new RegExp(`\\r?\\n--${literally(boundary)}(?=[\\s-]|$)`);
    for (const part of `\n${body}`.split(line, mostParts).slice(1)) {
      if (part.startsWith('--')) break;
      const found = textIn(partOf(part.replace(/^[ \t]*\r?\n/, '')), kind, depth + 1);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (!type.toLowerCase().startsWith(kind)) return undefined;
  const packing = (headers.get('content-transfer-encoding') ?? '').toLowerCase();
  const bytes =
    packing === 'base64' ? Buffer.from(body, 'base64') : packing === 'quoted-printable' ? unquoted(body) : body;
  return decoded(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes, parameter(type, 'charset'));
}

const mostDepth = 5;
const mostParts = 100;

function parameter(header: string, name: string): string | undefined {
  const found = new RegExp(`;\\s*${name}\\s*=\\s*(?:"([^"]*)"|([^\\s;]+))`, 'i').exec(header);
  return found?.[1] ?? found?.[2];
}

function unquoted(text: string): Buffer {
  const whole = text.replace(/=[ \t]*\r?\n/g, '');
  const letters = whole.replace(/=([\dA-F]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(letters, 'latin1');
}

function decoded(bytes: Buffer, charset = 'utf-8'): string {
  const name = charset.toLowerCase().replace(/^ks_c_5601.*|^euc-kr$/, 'cp949');
  const decoder = createDecoder(isKnownEncoding(name) ? name : 'utf-8');
  return withoutMarks(decoder.write(bytes) + decoder.end()).replace(/\r\n?/g, '\n');
}

/** Encoded words of a header (RFC 2047). */
function words(header: string): string {
  const whole = decoded(Buffer.from(header, 'latin1')).replace(/(\?=)\s+(=\?)/g, '$1$2');
  const plain = whole.replace(/=\?([\w-]{1,40})\?([bq])\?([^?\s]*)\?=/gi, (_, charset, how, text: string) => {
    return decoded(/b/i.test(how) ? Buffer.from(text, 'base64') : unquoted(text.replaceAll('_', ' ')), charset);
  });
  return plain.replace(/^(?:(?:re|fwd?|aw|wg|회신|전달)\s*:\s*)+/i, '').trim();
}

/** Without the signature, and without what is answered. */
function own(text: string): string {
  const lines = text.split('\n');
  const end = lines.findIndex((line) => line === '-- ' || answered.test(line));
  const kept = (end < 0 ? lines : lines.slice(0, end)).filter((line) => !line.startsWith('>'));
  // The line above a quoted mail tells whose it is.
  return kept
    .join('\n')
    .trimEnd()
    .replace(/\n[^\n]{1,200}(?:wrote|writes|schrieb[^\n:]{0,100}|작성|님이 씀):$/, '');
}

const answered =
  /^\s*-{2,}\s*(?:Original Message|Forwarded message|Ursprüngliche Nachricht|원본 메시지|전달된 메시지)\b/i;
