import type { MenuItemConstructorOptions } from 'electron';

/** Page addresses that the menu leads to. */
export const menuPlaces = {
  home: '/',
  import: '/datasets/import',
  newRun: '/train/new',
  chat: '/chat?conversation=new',
  settings: '/settings',
} as const;
export type MenuPlace = keyof typeof menuPlaces;

export interface MenuActions {
  open(place: MenuPlace): void;
  backUp(): void;
  openDataFolder(): void;
  showDataFolder(): void;
}

const words = {
  en: {
    file: 'File',
    import: 'Import a Table…',
    newRun: 'New Run…',
    chat: 'New Conversation',
    settings: 'Settings…',
    backUp: 'Back Up Data Folder…',
    openDataFolder: 'Open Another Data Folder…',
    showDataFolder: 'Show Data Folder',
    view: 'View',
    home: 'Home',
  },
  ko: {
    file: '파일',
    import: '표 가져오기…',
    newRun: '새 학습…',
    chat: '새 대화',
    settings: '설정…',
    backUp: '데이터 폴더 백업…',
    openDataFolder: '다른 데이터 폴더 열기…',
    showDataFolder: '데이터 폴더 보기',
    view: '보기',
    home: '홈',
  },
} as const;

/** Whether the desktop's own texts should be Korean, by the program's locale. */
export function isKorean(locale: string): boolean {
  return locale.toLowerCase().startsWith('ko');
}

/** The window's menu. The edit, zoom and window items are the platform's own, in its language. */
export function menuTemplate(options: {
  platform: NodeJS.Platform;
  language: string;
  developer: boolean;
  actions: MenuActions;
}): MenuItemConstructorOptions[] {
  const { platform, developer, actions } = options;
  const text = isKorean(options.language) ? words.ko : words.en;
  const to = (place: MenuPlace, accelerator?: string): MenuItemConstructorOptions => ({
    ...{ label: text[place], click: () => actions.open(place) },
    ...(accelerator !== undefined && { accelerator }),
  });
  const file: MenuItemConstructorOptions[] = [
    to('import', 'CmdOrCtrl+O'),
    to('newRun'),
    to('chat', 'CmdOrCtrl+N'),
    { type: 'separator' },
    { label: text.backUp, click: () => actions.backUp() },
    { label: text.openDataFolder, click: () => actions.openDataFolder() },
    { label: text.showDataFolder, click: () => actions.showDataFolder() },
    { type: 'separator' },
    to('settings', 'CmdOrCtrl+,'),
    { role: platform === 'darwin' ? 'close' : 'quit' },
  ];
  const view: MenuItemConstructorOptions[] = [
    to('home'),
    ...[{ type: 'separator' } as const, { role: 'resetZoom' } as const, { role: 'zoomIn' } as const],
    ...[{ role: 'zoomOut' } as const, { type: 'separator' } as const, { role: 'togglefullscreen' } as const],
  ];
  if (developer) view.push({ type: 'separator' }, { role: 'reload' }, { role: 'toggleDevTools' });
  return [
    ...(platform === 'darwin' ? [{ role: 'appMenu' } as const] : []),
    { label: text.file, submenu: file },
    { role: 'editMenu' },
    { label: text.view, submenu: view },
    { role: 'windowMenu' },
  ];
}
