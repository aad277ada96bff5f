import { expect, test } from 'vitest';
import { windowOptions } from './window-options.ts';

// Shows that the options handed to Electron close the page off. That Electron keeps to them is Electron's own promise; it
// is seen only where its program can be run.
test('the page is sandboxed, isolated and without Node.js', () => {
  expect(windowOptions('/out/preload/preload.cjs').webPreferences).toEqual({
    preload: '/out/preload/preload.cjs',
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
    spellcheck: false,
  });
});
