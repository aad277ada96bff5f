import type { Command } from 'commander';
import type { Conversation } from '../../../src-contract/chat.ts';
import { StudioError } from '../../../src-contract/errors.ts';
import { localTime } from '../../../src-contract/local-time.ts';
import { addDelete } from './delete-command.ts';
import { namedIn } from './named-in.ts';
import { addRename } from './rename-command.ts';
import type { Run } from './session.ts';
import type { StudioClient } from './studio.ts';
import { textTable } from './text-table.ts';

export function addConversationCommands(program: Command, run: Run): void {
  const conversations = program.command('conversations').description('the conversations of the studio’s chat');

  conversations
    .command('list')
    .description('all conversations, the last used first')
    .action((_options: object, command: Command) =>
      run(command, async ({ open }) => {
        const client = await open();
        const list = (await client.chat.conversations()).map(named);
        const models = new Map((await client.baseModels.list()).map(({ id, name }) => [id, name]));
        return {
          json: { conversations: list },
          text:
            list.length === 0
              ? 'There are no conversations yet.'
              : textTable([
                  ['name', 'base model', 'messages', 'last used', 'id'],
                  ...list.map(({ name, baseModelId, messages, updatedAt, id }) => [
                    ...[name, models.get(baseModelId) ?? 'deleted', String(messages)],
                    ...[localTime(updatedAt).replace('T', ' '), id],
                  ]),
                ]),
        };
      }),
    );

  addRename(conversations, run, { noun: 'conversation', shelf });
  addDelete(conversations, run, { noun: 'conversation', description: 'delete a conversation', shelf });
}

function shelf({ chat }: StudioClient) {
  return {
    get: async ({ id: word }: { id: string }) =>
      namedIn(
        (await chat.conversations()).map(named),
        word,
        () => new StudioError('CONVERSATION_NOT_FOUND', { conversation: word }),
      ),
    rename: async ({ id, name: title }: { id: string; name: string }) =>
      named(await chat.renameConversation({ id, title })),
    delete: (of: { id: string }) => chat.deleteConversation(of),
  };
}

/** The title of a conversation is what things of other kinds call their name. */
function named({ title, ...conversation }: Conversation) {
  return { ...conversation, name: title };
}
