import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { askBeforeLeaving, leavingQuestion } from './leaving-page.ts';

// As documented by Electron: preventing the event prevents the page from keeping its window.
test.each([
  { button: 'Keep importing', goes: false, stays: 1 },
  { button: 'Leave', goes: true, stays: 0 },
])('a page that asks to stay is answered with “$button”', ({ button, goes, stays }) => {
  const contents = new EventEmitter();
  let stayed = 0;
  askBeforeLeaving(contents as never, {
    ask: () => (leavingQuestion({ isKorean: false }).buttons ?? []).indexOf(button),
    stayed: () => stayed++,
  });
  let isLeft = false;
  contents.emit('will-prevent-unload', {
    preventDefault: () => {
      isLeft = true;
    },
  });
  expect([isLeft, stayed]).toEqual([goes, stays]);
});

test('dismissing the question keeps the page, in both languages', () => {
  for (const isKorean of [false, true]) {
    const { buttons = [], cancelId = -1, defaultId } = leavingQuestion({ isKorean });
    expect(buttons[cancelId]).toBe(isKorean ? '계속 가져오기' : 'Keep importing');
    expect(defaultId).toBe(cancelId);
  }
});
