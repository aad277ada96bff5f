import type { Command } from 'commander';
import { requireConfirmed } from './confirmation.ts';
import type { Run } from './session.ts';
import type { StudioClient } from './studio.ts';

interface Named {
  readonly id: string;
  readonly name: string;
}

/** The calls on items of one kind. */
interface Shelf<Thing> {
  get(input: { id: string }): Promise<Thing>;
  delete(input: { id: string }): Promise<unknown>;
}

interface Deleting<Thing> {
  /** What the items of this kind are called, such as `dataset`. */
  readonly noun: string;
  readonly description: string;
  readonly shelf: (client: StudioClient) => Shelf<Thing>;
  /** What else to say once one is deleted. */
  readonly after?: (thing: Thing, client: StudioClient) => Promise<string>;
}

/** The command that deletes one item of a kind, by its name or id. */
export function addDelete<Thing extends Named>(
  parent: Command,
  run: Run,
  { noun, description, shelf, after }: Deleting<Thing>,
): void {
  parent
    .command('delete')
    .description(description)
    .argument(`<${noun}>`, 'name or id')
    .option('-y, --yes', 'do not ask first, as is done at a terminal')
    .action((named: string, { yes }: { yes?: boolean }, command: Command) =>
      run(command, async ({ open, json, signal }) => {
        const client = await open();
        const things = shelf(client);
        const thing = await things.get({ id: named });
        const { id, name } = thing;
        await requireConfirmed(`Delete the ${noun} “${name}”?`, { yes, json, signal });
        await things.delete({ id });
        const more = (await after?.(thing, client)) ?? '';
        return { json: { deleted: { id, name } }, text: `“${name}” was deleted.${more}` };
      }),
    );
}
