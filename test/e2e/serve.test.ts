import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { launchBrowser } from '../browser/launch-browser.ts';
import { type RunningStudio, startStudio } from '../browser/start-studio.ts';
import { openWatchedPage } from '../browser/watched-page.ts';
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

interface OpenaiAddress {
  readonly url: string;
  readonly key: string;
}

// Regression: the address of the folder that was opened was told nowhere but in its settings.
test('the address for other programs is told anew when another data folder is opened', {
  timeout: 120_000,
}, async () => {
  const person = temporaryFolder();
  mkdirSync(path.join(person, 'Documents'));
  const command = startCommand(path.join(person, 'home'), ['serve', '--openai'], { HOME: person, USERPROFILE: person });
  const told = createInterface(command.stdout as NodeJS.ReadableStream)[Symbol.asyncIterator]();
  const next = async () => JSON.parse((await told.next()).value ?? '') as { address: string; openai: OpenaiAddress };
  const modelsAt = ({ url, key }: OpenaiAddress) =>
    fetch(`${url}/models`, { headers: { authorization: `Bearer ${key}` } }).then(({ status }) => status);
  const first = await next();
  expect(await modelsAt(first.openai)).toBe(200);

  const browser = await launchBrowser();
  onTestFinished(() => browser.close());
  const { page } = await openWatchedPage(browser, first.address);
  await page.getByRole('navigation').getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Open another' }).click();
  await page.getByLabel('Folder name').fill('Second');
  await page.getByRole('dialog').getByRole('button', { name: 'Open another', exact: true }).click();
  const second = await next();
  expect(second.openai.key).not.toBe(first.openai.key);
  expect(await modelsAt(second.openai)).toBe(200);
  expect(await modelsAt({ ...second.openai, key: first.openai.key })).toBe(401);
  await page.context().close();
  command.kill('SIGINT');
  await command.outcome;
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
