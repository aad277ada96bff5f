import type { MenuItemConstructorOptions } from 'electron';
import { expect, test } from 'vitest';
import { type MenuActions, menuPlaces, menuTemplate } from './menu.ts';

const done: string[] = [];
const actions: MenuActions = {
  open: (place) => done.push(menuPlaces[place]),
  backUp: () => done.push('back up'),
  openDataFolder: () => done.push('open'),
  showDataFolder: () => done.push('show'),
};

test('every entry of the File menu runs its action, in both languages', () => {
  for (const language of ['en-GB', 'ko-KR']) {
    const template = menuTemplate({ platform: 'linux', language, developer: false, actions });
    const file = template.find(({ label }) => label === (language === 'ko-KR' ? '파일' : 'File'));
    const items = (file?.submenu ?? []) as MenuItemConstructorOptions[];
    done.length = 0;
    for (const item of items) (item.click as (() => void) | undefined)?.();
    expect(done).toEqual([
      '/datasets/import',
      '/train/new',
      '/chat?conversation=new',
      'back up',
      'open',
      'show',
      '/settings',
    ]);
    for (const { label, type, role } of items) expect(label ?? type ?? role).toBeTruthy();
  }
});

test('macOS gets an app menu, and only developers get the developer tools', () => {
  const roles = (developer: boolean) =>
    JSON.stringify(menuTemplate({ platform: 'darwin', language: 'en', developer, actions }));
  expect(roles(false)).toContain('"appMenu"');
  expect(roles(false)).not.toContain('toggleDevTools');
  expect(roles(true)).toContain('toggleDevTools');
});
