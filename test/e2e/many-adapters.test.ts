// Fourteen adapters of two trainings, in a real browser: they can be told apart and mixed, and leave room for the rest.
// Also, text typed, searched for or cancelled is where one left it, or gone. Two steps of training are enough.
import type { Locator, Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { paths } from '../../src-renderer/paths.ts';
import { openPlace } from '../browser/open-place.ts';
import { openStudioForTests } from '../browser/opened-studio.ts';
import { seriousViolations } from '../browser/watched-page.ts';

const long = 'Places and people answers 2';

const opened = openStudioForTests({
  before: ({ command }) => {
    command('import', 'generated-mrc', '--task', 'mrc', '--name', 'Places');
    command('import', 'generated-summarisation', '--task', 'summarisation', '--name', 'Talks');
    const about = ['--dataset', 'Places', '--base', 'starter', '--rank', '16', '--also-seed', '1'];
    const train = ['train', ...about, '--max-steps', '2', '--batch', '2', '--sample-rows', '0'];
    command(...train, '--name', long, '--also-rank', '2,4,8');
    const longer = 'answers_about_the_places_of_one_town_after_the_other_asked_with_care';
    command(...train, '--name', longer, '--also-rank', '2,4');
  },
});
let page: Page;
beforeAll(() => ({ page } = opened));

// Regression: both were cut to “Places and people answers 2…”, and nothing told them apart.
test('adapters that were trained together are told apart on their chips', async () => {
  await open(paths.chat());
  await chip(`${long} · r 2`).waitFor();
  expect(await chips().count()).toBe(15);
  for (const name of [`${long} · r 2`, `${long} · r 4 · seed 1`]) {
    expect(await chip(name).getAttribute('title')).toBe(name);
    const tail = chip(name).getByText(name.slice(long.length));
    expect(await isInside(tail, chip(name))).toBe(true);
  }
});

// Regression: the chips filled the window, and the message box was out of sight.
test('on a small window the chips leave the message box in sight, and whoever answers next', async () => {
  await page.setViewportSize({ width: 760, height: 600 });
  const names = await chips().evaluateAll((all) => all.map((each) => each.textContent?.trim() ?? ''));
  const last = chip(names.at(-1) ?? '');
  await last.click();
  expect(await isInside(box(), page.locator('html'))).toBe(true);
  await last.press('ArrowLeft');
  await chip(names.at(-2) ?? '')
    .and(page.locator(':focus'))
    .waitFor();
  await chip('Base').click();
  for (const name of names.slice(1)) {
    await page.keyboard.press('ArrowRight');
    await expect
      .poll(() => isInside(chip(name), page.getByRole('radiogroup', { name: 'Who answers next' })))
      .toBe(true);
    expect(await chip(name).getAttribute('aria-checked')).toBe('true');
  }
  expect(await isInside(box(), page.locator('html'))).toBe(true);
  await page.getByRole('button', { name: 'Compare' }).click();
  await page.getByRole('group', { name: 'Who answers side by side' }).waitFor();
  expect(await isInside(box(), page.locator('html'))).toBe(true);
  await page.getByRole('button', { name: 'Compare' }).click();
  await page.setViewportSize({ width: 1360, height: 860 });
});

// Regression: with the conversations beside it, the chips took another line, below what is in view.
test('whoever answers next stays in sight when there is less room', async () => {
  const names = await chips().evaluateAll((all) => all.map((each) => each.textContent?.trim() ?? ''));
  await page.setViewportSize({ width: 1900, height: 860 });
  await chip(names.at(-1) ?? '').click();
  await page.setViewportSize({ width: 1000, height: 860 });
  const group = page.getByRole('radiogroup', { name: 'Who answers next' });
  // Without that, nothing is shown by this.
  expect(await group.evaluate(({ scrollHeight, clientHeight }) => scrollHeight > clientHeight)).toBe(true);
  await expect.poll(() => isInside(chip(names.at(-1) ?? ''), group)).toBe(true);
  await page.setViewportSize({ width: 1360, height: 860 });
});

// Regression: a fourth was ticked and not added, and names overlapped the sliders.
test('three are added to a mix at most, and each name keeps to its place', async () => {
  await chip(`${long} · r 2`).click();
  await page.getByRole('button', { name: 'Mix' }).click();
  const mix = page.getByRole('dialog', { name: 'Mix' });
  for (const end of [' · r 4', ' · r 8', ' · r 8 · seed 1'])
    await mix.getByRole('checkbox', { name: long + end, exact: true }).click();
  await mix.getByText('You can add up to three.').waitFor();
  expect(await mix.getByRole('checkbox', { checked: true }).count()).toBe(3);
  expect(await mix.getByRole('slider').count()).toBe(3);
  expect(await mix.getByRole('checkbox', { checked: false, disabled: false }).count()).toBe(0);
  expect(await mix.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0);
  const row = mix
    .locator('.grid')
    .filter({ has: page.getByRole('slider') })
    .first();
  const [right, left] = [await edge(row.locator('label'), 'right'), await edge(row.getByRole('slider'), 'left')];
  expect(right).toBeLessThan(left);
  expect(await seriousViolations(page)).toEqual([]);
  await page.setViewportSize({ width: 760, height: 600 });
  expect(await edge(mix, 'top')).toBeGreaterThanOrEqual(0);
  await page.setViewportSize({ width: 1360, height: 860 });
  await mix.getByRole('checkbox', { name: `${long} · r 4`, exact: true }).click();
  expect(await mix.getByRole('checkbox', { checked: false, disabled: true }).count()).toBe(0);
  await page.keyboard.press('Escape');
});

// Regression: the list stayed filtered, under an empty box.
test('a search among the test rows ends with its window', async () => {
  const dialog = page.getByRole('dialog');
  const rows = dialog.getByRole('listitem');
  await page.getByRole('button', { name: 'Pick a test row' }).click();
  await rows.first().waitFor();
  const all = await rows.count();
  await dialog.getByRole('searchbox').fill('no row has this');
  await dialog.getByText('No matching rows.').waitFor();
  await page.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('button', { name: 'Pick a test row' }).click();
  await expect.poll(() => rows.count()).toBe(all);
  expect(await dialog.getByRole('searchbox').inputValue()).toBe('');
  await dialog.getByRole('searchbox').fill('which');
  await expect.poll(() => rows.count()).toBeLessThan(all);
  await rows.first().getByRole('button').click();
  await page.getByRole('button', { name: 'Pick a test row' }).click();
  await expect.poll(() => rows.count()).toBe(all);
  expect(await dialog.getByRole('searchbox').inputValue()).toBe('');
  await page.keyboard.press('Escape');
});

// Regression: it was gone from the box, and from what survives a reload.
test('a draft is there again once an earlier question was asked otherwise', async () => {
  await ask('Who lives there?');
  await box().fill('A draft of mine');
  await page.getByText('Who lives there?', { exact: true }).first().hover();
  await page.getByRole('button', { name: 'Edit and ask again' }).first().click();
  expect(await box().inputValue()).toBe('Who lives there?');
  await ask('Where do they live?');
  expect(await box().inputValue()).toBe('A draft of mine');
  await page.reload();
  await page.getByText('Where do they live?', { exact: true }).first().waitFor();
  expect(await box().inputValue()).toBe('A draft of mine');
});

test('a blank conversation name cannot be saved, and the button says so', async () => {
  await page.getByRole('button', { name: 'Show the conversations' }).click();
  await page.getByRole('button', { name: /^More actions for Who lives there/ }).click();
  await page.getByRole('menuitem', { name: 'Rename' }).click();
  const save = page.getByRole('dialog').getByRole('button', { name: 'Save' });
  await page.getByRole('dialog').getByRole('textbox').fill('  ');
  expect(await save.getAttribute('aria-disabled')).toBe('true');
  expect(await save.getAttribute('title')).toBe('Type a name first');
  await page.getByRole('dialog').getByRole('textbox').fill('Neighbours');
  await save.click();
  await page.getByRole('heading', { level: 1, name: 'Neighbours' }).waitFor();
  await page.getByRole('button', { name: 'Hide the conversations' }).click();
});

test('the dialog for choosing another run does not scroll sideways', async () => {
  await open(paths.runs());
  await page.getByRole('link', { name: long, exact: true }).first().click();
  await page.getByRole('button', { name: 'Compare' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('checkbox').first().waitFor();
  expect(await dialog.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0);
  await page.keyboard.press('Escape');
});

// Regression: the cancelled name was there again, with the reason why it was refused.
test('a name that was refused and cancelled is forgotten when the window is opened again', async () => {
  await open(paths.datasets());
  const dialog = page.getByRole('dialog');
  const rename = async () => {
    await page.getByRole('row', { name: /Talks/ }).getByRole('button').last().click();
    await page.getByRole('menuitem', { name: 'Rename' }).click();
    await dialog.getByRole('textbox').waitFor();
  };
  await rename();
  await dialog.getByRole('textbox').fill('Places');
  await page.keyboard.press('Enter');
  await dialog.getByRole('alert').waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await rename();
  expect(await dialog.getByRole('textbox').inputValue()).toBe('Talks');
  expect(await dialog.getByRole('alert').count()).toBe(0);
});

const box = () => page.getByRole('textbox', { name: 'Message', exact: true });
const chips = () => page.getByRole('radiogroup', { name: 'Who answers next' }).getByRole('radio');
const chip = (name: string) => page.getByRole('radio', { name, exact: true });

const open = (href: string) => openPlace(page, href);

async function ask(question: string): Promise<void> {
  await box().fill(question);
  await box().press('Enter');
  await page.getByText(question, { exact: true }).first().waitFor();
  await page
    .getByRole('article')
    .last()
    .getByText(/first after/)
    .waitFor();
  await page.getByRole('button', { name: 'Send' }).waitFor();
}

function edge(of: Locator, side: 'left' | 'right' | 'top'): Promise<number> {
  return of.evaluate((element, which) => element.getBoundingClientRect()[which], side);
}

/** Whether one element is completely visible inside another. */
async function isInside(part: Locator, whole: Locator): Promise<boolean> {
  const [inner, outer] = [await part.boundingBox(), await whole.boundingBox()];
  if (inner === null || outer === null) return false;
  const view = page.viewportSize();
  const bottom = Math.min(outer.y + outer.height, view?.height ?? 0);
  // Half a pixel is allowed for rounding.
  return (
    inner.x >= outer.x - 0.5 &&
    inner.x + inner.width <= outer.x + outer.width + 0.5 &&
    inner.y >= outer.y - 0.5 &&
    inner.y + inner.height <= bottom + 0.5
  );
}
