import type { Conversation, Message } from '../../src-contract/chat.ts';
import type { KeptMessage } from './message-store.ts';

/** A conversation as a text to keep: the turns that are read, with who answered. */
export function conversationMarkdown(conversation: Conversation, path: readonly Message[]): string {
  const parts = [`# ${conversation.title}`, ''];
  for (const message of path) {
    if (message.role === 'user') {
      parts.push('## Question', '');
      for (const [field, value] of Object.entries(message.input ?? {})) parts.push(`${field}:`, '', fenced(value), '');
      parts.push(message.text, '');
      continue;
    }
    parts.push(`## ${credit(message)}`, '', message.task === 'nl2sql' ? fenced(message.text, 'sql') : message.text, '');
    if (message.isBest) parts.push('Voted the best of its comparison.', '');
  }
  return `${parts.join('\n').trimEnd()}\n`;
}

/** Everything that is kept of it, the turns beside the path included. */
export function conversationJson(
  conversation: Conversation,
  all: readonly KeptMessage[],
  path: readonly Message[],
): string {
  const onPath = path.filter((message) => message.onPath).map(({ id }) => id);
  return `${JSON.stringify({ format: 'adapter-studio-conversation-1', conversation, path: onPath, messages: all }, null, 2)}\n`;
}

/** A name that every file system takes. */
export function fileNameOf(title: string, extension: string): string {
  const bare = title
    .normalize('NFC')
    .replace(/[^\p{L}\p{N} ._-]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 80);
  return `${bare.replace(/^[. ]+|[. ]+$/g, '') || 'conversation'}.${extension}`;
}

function credit({ adapterName, adapterSha256, strength, mix }: Message): string {
  if (adapterName === null) return 'Answer of the base model';
  const each = [{ name: adapterName, sha256: adapterSha256 ?? '', strength: strength ?? 1 }, ...mix].map(
    ({ name, sha256, strength: factor }) =>
      `${name} (${sha256.slice(0, 8)}${factor === 1 ? '' : `, strength ${factor}`})`,
  );
  return `Answer of ${each.join(' + ')}`;
}

/** A fence longer than any inside. */
function fenced(text: string, language = ''): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}
