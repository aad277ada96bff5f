import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { paths } from '../src-renderer/paths.ts';
import { launchBrowser } from '../test/browser/launch-browser.ts';
import { type RunningStudio, startStudio } from '../test/browser/start-studio.ts';
import { openWatchedPage } from '../test/browser/watched-page.ts';
import { ms, paintOf } from './parts/paint.ts';
import { timesOf } from './parts/times.ts';

/**
 * Switches adapters within one conversation, in the built studio (`npm run build` first) and a real browser: before
 * every question, another of three adapters of the starter model, or the base, is chosen. Prints the time from pressing
 * a chip to its paint, and counts the answers that differ in any letter from those of the same adapter alone.
 *
 *     node bench/page-switches.ts [--times 1000] [--steps 30] [--json]
 */
const { values } = parseArgs({
  options: {
    times: { type: 'string', default: '1000' },
    steps: { type: 'string', default: '30' },
    json: { type: 'boolean' },
  },
});
const times = Number(values.times);
const adapters = ['Anna', 'Ben', 'Cleo'];
const chips = [...adapters, 'Base'];
const questions = ['Who lives there?', 'When did it begin?', 'What is it known for?'];

const home = await mkdtemp(join(tmpdir(), 'bench-switches-'));
const browser = await launchBrowser();
let studio: RunningStudio | undefined;
try {
  await command('import', 'generated-mrc', '--task', 'mrc', '--name', 'Places');
  for (const [seed, name] of adapters.entries()) {
    const words = ['--dataset', 'Places', '--base', 'starter', '--name', name, '--max-steps', values.steps];
    await command('train', ...words, '--seed', `${seed}`);
  }
  studio = await startStudio({ home });
  const { page, complaints } = await openWatchedPage(browser, studio.url);
  const alone = new Map<string, string>();
  for (const chip of chips) {
    await converse(page);
    await choose(page, chip);
    for (const question of questions) await ask(page, question);
    for (const [key, [answer]] of await answers(page)) alone.set(key, answer ?? '');
  }
  await converse(page);
  const paints: number[] = [];
  for (let turn = 0; turn < times; turn++) {
    // Four chips and three questions: every pair occurs.
    const chip = chips[turn % chips.length] ?? '';
    paints.push(await choose(page, chip));
    await ask(page, questions[turn % questions.length] ?? '');
    if (turn % 100 === 99) process.stderr.write(`${turn + 1} switches\n`);
  }
  let [wrong, given] = [0, 0];
  for (const [key, texts] of await answers(page)) {
    given += texts.length;
    wrong += texts.filter((text) => text !== alone.get(key)).length;
  }
  const figures = { paints: timesOf(paints), answers: given, wrong, different: new Set(alone.values()).size };
  if (values.json) process.stdout.write(`${JSON.stringify({ ...figures, complaints: complaints() })}\n`);
  else {
    const { middle, p99, worst, count } = figures.paints;
    process.stdout.write(
      `chip to paint ${ms(middle)} in the middle, ${ms(p99)} p99, ${ms(worst)} at worst of ${count}\n`,
    );
    process.stdout.write(`${given} answers, ${wrong} other than alone; ${figures.different} different ones\n`);
    for (const complaint of complaints()) process.stdout.write(`${complaint}\n`);
  }
} finally {
  await browser.close();
  await studio?.stop();
  await rm(home, { recursive: true });
}

async function command(...words: string[]): Promise<void> {
  await promisify(execFile)(process.execPath, ['src-main/host/cli/main.ts', '--home', home, ...words]);
}

/** Starts a conversation on the passage of the first test row. */
async function converse(page: Page): Promise<void> {
  await page.goto(new URL(paths.chat(), page.url()).href);
  await page.getByRole('button', { name: 'New conversation', exact: true }).first().click();
  await page.getByRole('radio', { name: 'Anna' }).click();
  await page.getByRole('button', { name: 'Pick a test row' }).click();
  await page.getByRole('dialog').getByRole('listitem').first().getByRole('button').click();
}

/** Presses a chip, and returns the milliseconds until that is visible. */
async function choose(page: Page, chip: string): Promise<number> {
  const radio = page.getByRole('radio', { name: chip });
  return paintOf(page, 'pointerdown', () => radio.click());
}

async function ask(page: Page, question: string): Promise<void> {
  const box = page.getByRole('textbox', { name: 'Message', exact: true });
  await box.fill(question);
  await box.press('Enter');
  await page
    .getByRole('article')
    .last()
    .getByText(/first after/)
    .waitFor();
  await page.getByRole('button', { name: 'Send' }).waitFor();
}

/** The answers of the current conversation by adapter and question, as it saves them. */
async function answers(page: Page): Promise<Map<string, string[]>> {
  const shown = page.getByRole('button', { name: 'Show the conversations' });
  if (await shown.isVisible()) await shown.click();
  // The list starts with the newest.
  await page
    .getByRole('button', { name: /^More actions for (?!this answer)/ })
    .first()
    .click();
  const saving = page.getByRole('menuitem', { name: 'Save as JSON' }).click();
  const [file] = await Promise.all([page.waitForEvent('download'), saving]);
  const { messages } = JSON.parse(await readFile(await file.path(), 'utf8')) as Saved;
  const said = new Map(messages.map((message) => [message.id, message]));
  const found = new Map<string, string[]>();
  for (const { role, text, adapterName, parentId } of messages) {
    if (role !== 'assistant') continue;
    const key = JSON.stringify([adapterName, said.get(parentId ?? '')?.text]);
    found.set(key, [...(found.get(key) ?? []), text]);
  }
  return found;
}

interface Saved {
  readonly messages: readonly {
    readonly id: string;
    readonly parentId: string | null;
    readonly role: string;
    readonly text: string;
    readonly adapterName: string | null;
  }[];
}
