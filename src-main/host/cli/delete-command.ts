import type { Command } from 'commander';
import type { Run } from './session.ts';
import type { StudioClient } from './studio.ts';

interface Named {
  readonly id: string;
  readonly name: string;
}

/** The calls on items of one kind. */
interface Shelf {
  get(input: { id: string }): Promise<Named>;
  delete(input: { id: string }): Promise<unknown>;
}

/** The command that deletes one item of a kind, by its name or id. */
export function addDelete(
  parent: Command,
  run: Run,
  { argument, description, shelf }: { argument: string; description: string; shelf: (client: StudioClient) => Shelf },
): void {
  parent
    .command('delete')
    .description(description)
    .argument(argument)
    .action((named: string, _options: object, command: Command) =>
      run(command, async ({ open }) => {
        const things = shelf(await open());
        const { id, name } = await things.get({ id: named });
        await things.delete({ id });
        return { json: { deleted: { id, name } }, text: `“${name}” was deleted.` };
      }),
    );
}
