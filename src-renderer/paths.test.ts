import { beforeEach, expect, test, vi } from 'vitest';
import { fromHere, paths } from './paths.ts';

let page: EventTarget;

beforeEach(() => {
  page = new EventTarget();
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
  vi.stubGlobal('location', { hash: paths.newRun() });
});

test('navigates on from the page where an action began', () => {
  const goOn = fromHere();
  goOn(paths.run('r'));
  // As a browser stores it, without the leading “#”.
  expect(location.hash).toBe('/train/r');
});

// A training that was slow to start pulled the person away from the page they had opened meanwhile.
test('does not navigate after the person has left the page, even if they came back to it', () => {
  const goOn = fromHere();
  for (const href of [paths.chat(), paths.newRun()]) goTo(href);
  goOn(paths.run('r'));
  expect(location.hash).toBe(paths.newRun());
});

function goTo(href: string): void {
  location.hash = href;
  page.dispatchEvent(new Event('hashchange'));
}
