import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { type RunningStudio, startStudio } from '../browser/start-studio.ts';
import { answerOf, startCommand, temporaryFolder } from '../pipeline/command-line.ts';

// Regression: the host outlived its command, and held the data folder.
test('a host whose command is killed lets go of the data folder', { timeout: 120_000 }, async () => {
  const home = temporaryFolder();
  const command = startCommand(home, ['serve']);
  // Sound: it is a pipe.
  const lines = createInterface(command.stdout as NodeJS.ReadableStream);
  const [line] = (await once(lines, 'line')) as [string];
  const { address } = JSON.parse(line) as { address: string };
  const page = connect(Number(new URL(address).port), '127.0.0.1');
  await once(page, 'connect');

  // If the host had unread data when it died, the connection is reset, which closes it too.
  page.on('error', () => undefined);
  const closed = new Promise((resolve) => page.once('close', resolve));
  command.kill('SIGKILL');
  await closed;
  expect(await answerOf(home, ['datasets', 'list'])).toEqual({ datasets: [] });
});

// Regression: it took another one at every start, and an open page kept calling the old one for ever.
test('a studio that was killed comes back at its address, and takes another where that is in use', async () => {
  const home = temporaryFolder();
  const portOf = ({ url }: RunningStudio) => Number(new URL(url).port);
  const first = await startStudio({ home });
  await first.kill();
  const second = await startStudio({ home });
  expect(portOf(second)).toBe(portOf(first));
  await second.kill();

  const other = createServer().listen(portOf(first), '127.0.0.1');
  await once(other, 'listening');
  const third = await startStudio({ home });
  expect(portOf(third)).not.toBe(portOf(first));
  await third.stop();
  other.close();
});
