import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { answerOf, startCommand, temporaryFolder } from '../pipeline/command-line.ts';

// The host lived on without its command, and held the data folder.
test('a host whose command is killed lets go of the data folder', { timeout: 120_000 }, async () => {
  const home = temporaryFolder();
  const command = startCommand(home, ['serve']);
  // Sound: it is a pipe.
  const lines = createInterface(command.stdout as NodeJS.ReadableStream);
  const [line] = (await once(lines, 'line')) as [string];
  const { address } = JSON.parse(line) as { address: string };
  const page = connect(Number(new URL(address).port), '127.0.0.1');
  await once(page, 'connect');

  // What the host had not read yet when it went resets the connection, which closes it too.
  page.on('error', () => undefined);
  const closed = new Promise((resolve) => page.once('close', resolve));
  command.kill('SIGKILL');
  await closed;
  expect(await answerOf(home, ['datasets', 'list'])).toEqual({ datasets: [] });
});
