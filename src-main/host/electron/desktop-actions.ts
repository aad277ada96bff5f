import path from 'node:path';
import type { ContractRouterClient } from '@orpc/contract';
import { app, type BrowserWindow, dialog, Notification, shell } from 'electron';
import type { Contract } from '../../../src-contract/contract.ts';
import { localDay } from '../../../src-contract/local-time.ts';
import { errorMessage } from '../../../src-contract/thrown.ts';
import { changeFolder } from './change-folder.ts';
import { isKorean, type MenuActions, menuPlaces } from './menu.ts';
import { pageOrigin } from './page-guard.ts';
import type { WorkSigns } from './work-watch.ts';

/** The menu's actions. Folders are chosen in the platform's own dialogs, never named by the page. */
export function desktopActions(studio: {
  dataDir: string;
  client: ContractRouterClient<Contract>;
  window: () => BrowserWindow;
}): MenuActions {
  const { dataDir, client, window } = studio;
  return {
    open: (place) => void window().loadURL(`${pageOrigin}/#${menuPlaces[place]}`),
    showDataFolder: () => void shell.openPath(dataDir),
    async backUp() {
      const suggested = path.join(app.getPath('documents'), `Adapter Studio ${localDay(Date.now())}`);
      const { canceled, filePath } = await dialog.showSaveDialog(window(), { defaultPath: suggested });
      if (canceled || !filePath) return;
      try {
        for await (const event of await client.studio.backup({ out: filePath })) {
          window().setProgressBar(event.kind === 'progress' ? event.done / event.total : -1);
        }
        shell.showItemInFolder(filePath);
      } catch (error) {
        window().setProgressBar(-1);
        dialog.showErrorBox('Adapter Studio', errorMessage(error));
      }
    },
    async openDataFolder() {
      const { canceled, filePaths } = await dialog.showOpenDialog(window(), {
        defaultPath: dataDir,
        properties: ['openDirectory', 'createDirectory'],
      });
      const [folder] = filePaths;
      if (canceled || folder === undefined || folder === dataDir) return;
      changeFolder({ folder, from: dataDir, move: false });
    },
  };
}

const endPlaces = { run: 'train', evaluation: 'evaluate', 'answered-table': 'tables', lab: 'lab' } as const;
const endWords = {
  en: {
    run: (name: string) => `Training of ${name} has ended`,
    evaluation: (name: string) => `The evaluation on ${name} has ended`,
    'answered-table': (name: string) => `${name} has been answered`,
    lab: () => 'An experiment has ended',
  },
  ko: {
    run: (name: string) => `${name} 학습이 끝났습니다`,
    evaluation: (name: string) => `${name} 평가가 끝났습니다`,
    'answered-table': (name: string) => `${name} 표에 모두 답했습니다`,
    lab: () => '실험이 끝났습니다',
  },
} as const;

/** Progress on the taskbar or dock, and the platform's own notices. */
export function desktopSigns(windows: { now: () => BrowserWindow; open: () => BrowserWindow }): WorkSigns {
  // On macOS the studio can run without a window; this alone does not open one.
  const present = () => (windows.now().isDestroyed() ? undefined : windows.now());
  return {
    progress: (share) => present()?.setProgressBar(share ?? -1),
    isLookedAt: () => present()?.isFocused() === true,
    ended({ kind, id, name }) {
      const text = isKorean(app.getLocale()) ? endWords.ko : endWords.en;
      const notice = new Notification({ title: 'Adapter Studio', body: text[kind](name) });
      notice.on('click', () => {
        windows.open().show();
        void windows.open().loadURL(`${pageOrigin}/#/${endPlaces[kind]}/${encodeURIComponent(id)}`);
      });
      notice.show();
    },
  };
}
