import type { BrowserWindowConstructorOptions } from 'electron';

/** How the window and its page are locked down. A test pins each of these values. */
export function windowOptions(preload: string): BrowserWindowConstructorOptions {
  return {
    title: 'Adapter Studio',
    minWidth: 900,
    minHeight: 600,
    show: false,
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      // A spelling dictionary would be downloaded.
      spellcheck: false,
    },
  };
}
