import { expect, test } from 'vitest';
import { readSettingsText, settingsText } from './settings-file.ts';

test('settings round-trip through a file, except what is local to one studio', () => {
  const text = settingsText({ rank: 4, targets: ['q', 'v'], maxSteps: null, initAdapterId: 'a' });
  expect(readSettingsText(text)).toEqual({ rank: 4, targets: ['q', 'v'], maxSteps: null });
});

test('another kind of file, a damaged file and invalid settings give no settings', () => {
  expect(readSettingsText('{"rank": 4}')).toBeUndefined();
  expect(readSettingsText('{')).toBeUndefined();
  expect(readSettingsText(settingsText({ rank: -1 }))).toBeUndefined();
});
