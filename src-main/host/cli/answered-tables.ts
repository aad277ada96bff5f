import type { Command } from 'commander';
import type { AnsweredTable } from '../../../src-contract/answered-table.ts';
import { StudioError } from '../../../src-contract/errors.ts';
import { addDelete } from './delete-command.ts';
import { namedIn } from './named-in.ts';
import type { Answer, Run } from './session.ts';
import { textTable } from './text-table.ts';

export function addAnsweredTableCommands(program: Command, run: Run): void {
  const tables = program.command('answered-tables').description('tables whose rows a model has answered');

  tables
    .command('list')
    .description('all answered tables, and those that can be resumed')
    .action((_options: object, command: Command) =>
      run(command, async ({ open }) => listedTables(await (await open()).answeredTables.list())),
    );

  addDelete(tables, run, {
    noun: 'answered table',
    description: 'delete an answered table; files that were written stay',
    shelf: ({ answeredTables }) => ({
      get: async ({ id: word }) =>
        namedIn(await answeredTables.list(), word, () => new StudioError('ANSWERED_TABLE_NOT_FOUND', { table: word })),
      delete: (of) => answeredTables.delete(of),
    }),
  });
}

export function listedTables(tables: readonly AnsweredTable[]): Answer {
  const rows = tables.map(({ name, adapterName, baseName, state, answered, rows: all, id }) => [
    ...[name, adapterName ?? baseName, state, String(answered), String(all), id],
  ]);
  return {
    json: { tables },
    text:
      rows.length === 0
        ? 'No table has been answered yet.'
        : textTable([['file', 'answered by', 'state', 'answered', 'of', 'id'], ...rows]),
  };
}
