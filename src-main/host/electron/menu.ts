import { Menu, type MenuItemConstructorOptions } from 'electron';

/** Only what the platform expects (editing by keyboard, zoom, quit); everything else is in the page. */
export function setMenu({ developer }: { developer: boolean }): void {
  const view: MenuItemConstructorOptions[] = [
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    { type: 'separator' },
    { role: 'togglefullscreen' },
  ];
  if (developer) view.push({ type: 'separator' }, { role: 'reload' }, { role: 'toggleDevTools' });
  const menus: MenuItemConstructorOptions[] = [
    { role: process.platform === 'darwin' ? 'appMenu' : 'fileMenu' },
    { role: 'editMenu' },
    { label: 'View', submenu: view },
    { role: 'windowMenu' },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(menus));
}
