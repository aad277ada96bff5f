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
  rename(input: { id: string; name: string }): Promise<Named>;
}

/** The command that gives one item of a kind another name. */
export function addRename(
  parent: Command,
  run: Run,
  { noun, shelf }: { noun: 'adapter' | 'dataset' | 'conversation'; shelf: (client: StudioClient) => Shelf },
): void {
  parent
    .command('rename')
    .description(`give ${noun === 'adapter' ? 'an' : 'a'} ${noun} another name; its id stays`)
    .argument(`<${noun}>`, 'name or id')
    .argument('<name>', 'its new name')
    .action((named: string, name: string, _options: object, command: Command) =>
      run(command, async ({ open }) => {
        const things = shelf(await open());
        const before = await things.get({ id: named });
        const renamed = await things.rename({ id: before.id, name });
        return {
          json: { [noun]: renamed },
          text:
            renamed.name === before.name
              ? `“${renamed.name}” has that name already.`
              : `“${before.name}” is called “${renamed.name}” now.`,
        };
      }),
    );
}
