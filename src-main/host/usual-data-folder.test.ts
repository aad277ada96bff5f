import { join } from 'node:path';
import { expect, test } from 'vitest';
import { usualDataFolder } from './usual-data-folder.ts';

test('the environment variable names the data folder', () => {
  expect(usualDataFolder({ ADAPTER_STUDIO_HOME: '/srv/studio' }, 'linux', '/home/kim')).toBe('/srv/studio');
});

test('each platform has its default data folder', () => {
  expect(usualDataFolder({}, 'linux', '/home/kim')).toBe('/home/kim/.local/share/adapter-studio');
  expect(usualDataFolder({ XDG_DATA_HOME: '/data' }, 'linux', '/home/kim')).toBe('/data/adapter-studio');
  expect(usualDataFolder({}, 'darwin', '/Users/kim')).toBe('/Users/kim/Library/Application Support/Adapter Studio');
  expect(usualDataFolder({ APPDATA: 'C:/Roaming' }, 'win32', 'C:/kim')).toBe(join('C:/Roaming', 'Adapter Studio'));
});
