import { Command } from 'commander';
import { expect, test } from 'vitest';
import { addRunCommands } from './runs.ts';
import type { Session } from './session.ts';
import type { StudioClient } from './studio.ts';

// Regression: deleting a run that was stopped before it had made an adapter said that its adapter stays.
test('deleting a run mentions its adapter only if one remains', async () => {
  const back = 'For 30 days this brings it back: adapter-studio deleted restore 7';
  expect(await deleted({ adapterId: 'a' })).toBe(`The run “rivers” was deleted. Its adapter stays.\n${back}`);
  expect(await deleted({ adapterId: 'deleted before' })).toBe(`The run “rivers” was deleted.\n${back}`);
  expect(await deleted({ adapterId: null })).toBe(`The run “rivers” was deleted.\n${back}`);
});

test('a run that waits for those it trains together with is listed as waiting', async () => {
  const run = { name: 'rivers', step: 0, totalSteps: 0, lastLoss: null, queuePlace: null, id: 'a', state: 'running' };
  const list = async () => [
    { ...run, awaitsTurn: true },
    { ...run, name: 'lakes', awaitsTurn: false },
  ];
  const told = await said(['runs', 'list'], { runs: { list } });
  expect(told).toMatch(/^rivers +waiting its turn +0/m);
  expect(told).toMatch(/^lakes +running +0/m);
});

/** What is printed when a run is deleted and the only adapter is `a`. */
async function deleted({ adapterId }: { adapterId: string | null }): Promise<string | undefined> {
  const client = {
    runs: { get: async () => ({ id: '7', name: 'rivers', adapterId }), delete: async () => {} },
    adapters: { list: async () => [{ id: 'a' }] },
  };
  return await said(['runs', 'delete', 'rivers'], client);
}

async function said(args: readonly string[], client: object): Promise<string | undefined> {
  // Sound here: the command calls nothing else.
  const session = { open: async () => client as unknown as StudioClient } as Session;
  const program = new Command();
  let text: string | undefined;
  addRunCommands(program, async (_command, work) => {
    text = (await work(session))?.text;
  });
  await program.parseAsync(args, { from: 'user' });
  return text;
}
