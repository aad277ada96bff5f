import type { Command } from 'commander';
import { type DeletedThing, keptDays } from '../../../src-contract/deleted.ts';
import { localTime } from '../../../src-contract/local-time.ts';
import { restoreDeleted } from '../../../src-contract/restore-deleted.ts';
import { requireConfirmed } from './confirmation.ts';
import { megabytes } from './download-model.ts';
import { CallFailure, usageFailure } from './failure.ts';
import { namedIn } from './named-in.ts';
import { nearest } from './right-name.ts';
import type { Run } from './session.ts';
import { textTable } from './text-table.ts';

const listing = 'adapter-studio deleted list';

export function addDeletedCommands(program: Command, run: Run): void {
  const deleted = program
    .command('deleted')
    .description(`what was deleted: kept for ${keptDays} days, or until the disk is full`);

  deleted
    .command('list')
    .description('everything that can be restored, the last one first')
    .action((_options: object, command: Command) =>
      run(command, async ({ open }) => {
        const things = await (await open()).deleted.list();
        return { json: { deleted: things }, text: things.length === 0 ? 'Nothing was deleted.' : tableOf(things) };
      }),
    );

  deleted
    .command('restore')
    .description('bring things back; one whose name is taken gets a number')
    .argument('<thing...>', 'names or ids')
    .action((named: string[], _options: object, command: Command) =>
      run(command, async ({ open }) => {
        const client = await open();
        const things = chosenOf(named, await client.deleted.list());
        for (const thing of things) await restoreDeleted(client, thing);
        return { json: { restored: things }, text: things.map((thing) => `${titleOf(thing)} is back.`).join('\n') };
      }),
    );

  deleted
    .command('remove')
    .description('delete things for good')
    .argument('[thing...]', 'names or ids')
    .option('--all', 'all that was deleted')
    .option('-y, --yes', 'do not ask first, as is done at a terminal')
    .action((named: string[], { all, yes }: { all?: boolean; yes?: boolean }, command: Command) =>
      run(command, async ({ open, json, signal }) => {
        if ((all ?? false) === named.length > 0) throw usageFailure('Name what to delete for good, or give --all.');
        const client = await open();
        const list = await client.deleted.list();
        const things = all ? list : chosenOf(named, list);
        if (things.length > 0) {
          await requireConfirmed(`Delete ${things.map(titleOf).join(', ')} for good?`, { yes, json, signal });
          await client.deleted.remove({ things });
        }
        const bytes = things.reduce((sum, thing) => sum + thing.bytes, 0);
        return { json: { removed: things, bytes }, text: `${things.length} deleted for good, ${sizeText(bytes)}.` };
      }),
    );
}

/** The command that undoes a deletion. */
export function broughtBackBy(ids: readonly string[]): string {
  return `For ${keptDays} days this brings it back: adapter-studio deleted restore ${ids.join(' ')}`;
}

/** Each once. Throws DELETED_NOT_FOUND, and USAGE for a name that several have. */
function chosenOf(named: readonly string[], all: readonly DeletedThing[]): DeletedThing[] {
  const chosen = named.map((word) =>
    namedIn(all, word, () => {
      const meant = nearest(
        word,
        all.map(({ name }) => name),
      );
      return new CallFailure({
        code: 'DELETED_NOT_FOUND',
        message: `Nothing that was deleted is called “${word}”.`,
        hint: `${meant === undefined ? '' : `Did you mean “${meant}”? `}All of it: ${listing}`,
        exitCode: 1,
      });
    }),
  );
  return [...new Set(chosen)];
}

function titleOf({ noun, name, id }: DeletedThing): string {
  return `${noun.replace('-', ' ')} “${name || id}”`;
}

function sizeText(bytes: number): string {
  return bytes > 0 && bytes < 500_000 ? 'under 1 MB' : megabytes(bytes);
}

function tableOf(things: readonly DeletedThing[]): string {
  return textTable([
    ['kind', 'name', 'deleted', 'size', 'id'],
    ...things.map(({ noun, name, deletedAt, bytes, id }) => [
      ...[noun, name, localTime(deletedAt).replace('T', ' ')],
      ...[bytes === 0 ? '–' : sizeText(bytes), id],
    ]),
  ]);
}
