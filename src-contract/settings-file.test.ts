import { expect, test } from 'vitest';
import { readSettingsText, settingsText } from './settings-file.ts';

test('settings come back from a file as they went, without what only one studio knows', () => {
  const text = settingsText({ rank: 4, targets: ['q', 'v'], maxSteps: null, initAdapterId: 'a' });
  expect(readSettingsText(text)).toEqual({ rank: 4, targets: ['q', 'v'], maxSteps: null });
});

test('another file, a damaged one and impossible settings are none', () => {
  expect(readSettingsText('{"rank": 4}')).toBeUndefined();
  expect(readSettingsText('{')).toBeUndefined();
  expect(readSettingsText(settingsText({ rank: -1 }))).toBeUndefined();
});
