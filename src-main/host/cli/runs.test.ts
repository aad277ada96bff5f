import { Command } from 'commander';
import { expect, test } from 'vitest';
import { addRunCommands } from './runs.ts';
import type { Session } from './session.ts';
import type { StudioClient } from './studio.ts';

// Regression: deleting a run that was stopped before it had made an adapter said that its adapter stays.
test('deleting a run mentions its adapter only if one remains', async () => {
  expect(await deleted({ adapterId: 'a' })).toBe('“rivers” was deleted. Its adapter stays.');
  expect(await deleted({ adapterId: 'deleted before' })).toBe('“rivers” was deleted.');
  expect(await deleted({ adapterId: null })).toBe('“rivers” was deleted.');
});

/** What is printed when a run is deleted and the only adapter is `a`. */
async function deleted({ adapterId }: { adapterId: string | null }): Promise<string | undefined> {
  const client = {
    runs: { get: async () => ({ name: 'rivers', adapterId }), delete: async () => {} },
    adapters: { list: async () => [{ id: 'a' }] },
  };
  // Sound here: the command calls nothing else.
  const session = { open: async () => client as unknown as StudioClient } as Session;
  const program = new Command();
  let said: string | undefined;
  addRunCommands(program, async (_command, work) => {
    said = (await work(session))?.text;
  });
  await program.parseAsync(['runs', 'delete', 'rivers'], { from: 'user' });
  return said;
}
