import type { Command } from 'commander';
import { requireConfirmed } from './confirmation.ts';
import { broughtBackBy } from './deleted.ts';
import type { Progress } from './progress.ts';
import type { Answer, Run } from './session.ts';
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
  /** What they are named by; by default names or ids. */
  readonly words?: string;
  readonly shelf: (client: StudioClient) => Shelf<Thing>;
  /** Nothing can bring it back: a person at a terminal is asked first. */
  readonly isFinal?: true;
  /** What else to say once one is deleted. */
  readonly after?: (thing: Thing, client: StudioClient) => Promise<string>;
}

/** The command that deletes items of a kind, by their names or ids: none if one of these is unknown. */
export function addDelete<Thing extends Named>(
  parent: Command,
  run: Run,
  { noun, description, words = 'names or ids', shelf, isFinal, after }: Deleting<Thing>,
): void {
  const deleting = parent
    .command('delete')
    .description(description)
    .argument(`<${noun.replace(' ', '-')}...>`, words);
  if (isFinal) deleting.option('-y, --yes', 'do not ask first, as is done at a terminal');
  deleting.action((named: string[], { yes }: { yes?: boolean }, command: Command) =>
    run(command, async ({ open, json, signal, progress }) => {
      const client = await open();
      const confirm = async (things: readonly Thing[]) => {
        const names = things.map(({ name }) => `“${name}”`).join(', ');
        const what = things.length === 1 ? `the ${noun}` : `the ${things.length} ${noun}s`;
        await requireConfirmed(`Delete ${what} ${names}?`, { yes, json, signal });
      };
      return await deleteAll(named, {
        ...{ noun, items: shelf(client), progress },
        ...(isFinal && { confirm }),
        ...(after && { after: (thing: Thing) => after(thing, client) }),
      });
    }),
  );
}

/** Deletes items of a kind, by their names or ids: none if one of these is unknown. */
export async function deleteAll<Thing extends Named>(
  named: readonly string[],
  {
    noun,
    items,
    progress,
    confirm,
    after,
  }: Pick<Deleting<Thing>, 'noun'> & {
    readonly items: Shelf<Thing>;
    readonly progress: Progress;
    /** Asks, where nothing can bring them back. */
    readonly confirm?: (things: readonly Thing[]) => Promise<void>;
    readonly after?: (thing: Thing) => Promise<string>;
  },
): Promise<Answer> {
  // Each once, whatever it is called.
  const things = new Map<string, Thing>();
  for (const each of named) {
    const thing = await items.get({ id: each });
    things.set(thing.id, thing);
  }
  await confirm?.([...things.values()]);
  const deleted: { id: string; name: string }[] = [];
  const told: string[] = [];
  for (const thing of things.values()) {
    const { id, name } = thing;
    await items.delete({ id }).catch((error: unknown) => {
      for (const text of told) progress.say(text);
      throw error;
    });
    deleted.push({ id, name });
    told.push(`The ${noun} “${name}” was deleted.${(await after?.(thing)) ?? ''}`);
  }
  if (confirm === undefined) told.push(broughtBackBy([...things.keys()]));
  return { json: { deleted: deleted.length === 1 ? deleted[0] : deleted }, text: told.join('\n') };
}
