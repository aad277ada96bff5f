// Messages sent while an answer is being written: they wait, can be edited and withdrawn, and outlive a reload. Whatever
// the studio tells the page is held back for as long as an answer is to be "being written".
import type { Page, WebSocketRoute } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { paths } from '../../src-renderer/paths.ts';
import { openStudioForTests } from '../browser/opened-studio.ts';
import { seriousViolations } from '../browser/watched-page.ts';

const opened = openStudioForTests({
  before: ({ command, train }) => {
    command('import', 'generated-mrc', '--task', 'mrc', '--name', 'Places');
    train('Places', 'Guide');
  },
});
let page: Page;
const wire = holdable();

beforeAll(async () => {
  ({ page } = opened);
  await page.routeWebSocket(/^ws:/, (socket) => wire.take(socket));
  await page.reload();
  await page.evaluate((to) => (location.hash = to), paths.chat().slice(1));
  await page.getByRole('radio', { name: 'Base', exact: true }).click();
  await box().fill('The first question');
  await box().press('Enter');
  await page
    .getByRole('log')
    .getByText(/first after/)
    .waitFor();
});

test('what is sent while an answer is written waits for it, and goes to who was chosen then', async () => {
  wire.hold();
  await box().fill('The second question');
  await box().press('Enter');
  await button('Stop').waitFor();
  await page.getByRole('radio', { name: 'Guide' }).click();
  await box().fill('The third question');
  await button('Send after this answer').waitFor();
  await box().press('Enter');
  await page.getByRole('radio', { name: 'Base', exact: true }).click();
  await page.getByText('1 message is sent when the answer is finished').waitFor();
  await waiting('The third question').getByText('to Guide').waitFor();
  expect(await box().inputValue()).toBe('');
  expect(await seriousViolations(page)).toEqual([]);
});

test('the up arrow takes the last one back for editing, and another is withdrawn and put back', async () => {
  await box().press('ArrowUp');
  expect(await box().inputValue()).toBe('The third question');
  await box().fill('The third question, better');
  await box().press('Enter');
  await waiting('The third question, better').getByText('to Guide').waitFor();
  await waiting('The third question, better').getByRole('button', { name: 'Withdraw' }).press('Enter');
  await page.getByText('Message withdrawn').waitFor();
  expect(await page.getByRole('list', { name: 'Waiting messages' }).count()).toBe(0);
  await button('Undo').click();
  await waiting('The third question, better').waitFor();
});

test('once the answer is finished it is sent by itself', async () => {
  wire.release();
  const log = page.getByRole('log');
  await log.getByText('The third question, better', { exact: true }).waitFor();
  await expect.poll(() => log.getByText(/first after/).count()).toBe(3);
  await log.getByRole('article', { name: 'Guide' }).last().waitFor();
  expect(await page.getByRole('list', { name: 'Waiting messages' }).count()).toBe(0);
});

test('what waits outlives a reload, and goes out when the person says so', async () => {
  wire.hold();
  await box().fill('The fourth question');
  await box().press('Enter');
  await box().fill('The fifth question');
  await box().press('Enter');
  await waiting('The fifth question').waitFor();
  wire.release({ dropped: true });
  await page.reload();
  await page.getByText('1 message has not been sent').waitFor();
  await waiting('The fifth question').getByRole('button', { name: 'Send now' }).click();
  await page.getByRole('log').getByText('The fifth question', { exact: true }).waitFor();
  await button('Send').waitFor();
  expect(await page.getByRole('list', { name: 'Waiting messages' }).count()).toBe(0);
});

function box() {
  return page.getByRole('textbox', { name: 'Message' });
}

function button(name: string) {
  return page.getByRole('button', { name, exact: true });
}

function waiting(text: string) {
  return page.getByRole('list', { name: 'Waiting messages' }).getByRole('listitem').filter({ hasText: text });
}

/** The connection of a page, on which what the studio says can be held back. */
function holdable() {
  let isHeld = false;
  let held: (() => void)[] = [];
  return {
    take(socket: WebSocketRoute): void {
      const studio = socket.connectToServer();
      socket.onMessage((message) => studio.send(message));
      studio.onMessage((message) => {
        if (isHeld) held.push(() => socket.send(message));
        else socket.send(message);
      });
    },
    hold(): void {
      isHeld = true;
    },
    /** `dropped` for a page that is about to be gone. */
    release({ dropped = false } = {}): void {
      isHeld = false;
      if (!dropped) for (const send of held) send();
      held = [];
    },
  };
}
