import { expect, test } from 'vitest';
import { windowOptions } from './window-options.ts';

// Checks that the options passed to Electron lock the page down. Whether Electron honours them can only be seen where
// it can run.
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
