import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { guardContents, guardSession } from './page-guard.ts';

// Stand-ins for Electron's objects, because Electron cannot run everywhere: shows that every way out has a handler and
// what it decides, with the event names that Electron documents.

const shown = 'app://studio/#/datasets';

test.each(['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview'])('%s is refused', (name) => {
  expect(isRefused(name, { url: 'https://studio.example/', isMainFrame: true })).toBe(true);
  expect(isRefused(name, { url: 'app://studio/', isMainFrame: true })).toBe(true);
  expect(isRefused(name, { url: shown, isMainFrame: false })).toBe(true);
});

// Regression: the button to try a failed page again did nothing in the window.
test.each(['will-navigate', 'will-frame-navigate'])('a reload is not refused by %s', (name) => {
  expect(isRefused(name, { url: shown, isMainFrame: true })).toBe(false);
});

function isRefused(name: string, event: { url: string; isMainFrame: boolean }): boolean {
  const contents = Object.assign(new EventEmitter(), { setWindowOpenHandler: () => {}, getURL: () => shown });
  guardContents(contents as never);
  let isPrevented = false;
  contents.emit(name, {
    ...event,
    preventDefault: () => {
      isPrevented = true;
    },
  });
  return isPrevented;
}

test('new windows are refused', () => {
  let open: ((details: object) => object) | undefined;
  const contents = Object.assign(new EventEmitter(), {
    setWindowOpenHandler: (handler: typeof open) => {
      open = handler;
    },
  });
  guardContents(contents as never);
  expect(open?.({ url: 'https://studio.example' })).toEqual({ action: 'deny' });
});

test('permissions and devices are refused', () => {
  const session = guardedSession();
  let isGranted: boolean | undefined;
  session.permissionRequest?.({}, 'media', (granted: boolean) => {
    isGranted = granted;
  });
  expect(isGranted).toBe(false);
  expect(session.permissionCheck?.()).toBe(false);
  expect(session.devicePermission?.()).toBe(false);
});

test.each([
  ['app://studio/assets/app.js', false],
  ['blob:app://studio/5f1c', false],
  ['data:image/png;base64,AA', false],
  ['https://studio.example/', true],
  ['http://127.0.0.1:8080/', true],
  ['app://studio.example/', true],
  ['blob:https://studio.example/5f1c', true],
  ['file:///etc/passwd', true],
  ['ws://127.0.0.1/', true],
])('a request for %s is cancelled: %s', (url, expected) => {
  let decision: { cancel?: boolean } = {};
  guardedSession().beforeRequest?.({ url }, (decided: { cancel?: boolean }) => {
    decision = decided;
  });
  expect(decision.cancel).toBe(expected);
});

test.each([
  ['blob:app://studio/5f1c', false],
  ['https://studio.example/malware.exe', true],
])('a download of %s is refused: %s', (url, expected) => {
  let isPrevented = false;
  const event = {
    preventDefault: () => {
      isPrevented = true;
    },
  };
  guardedSession().emitter.emit('will-download', event, { getURL: () => url });
  expect(isPrevented).toBe(expected);
});

function guardedSession() {
  // The handlers' signatures differ; the tests above call them as Electron would.
  type Handler = (...args: never[]) => unknown;
  const handlers: Record<string, Handler> = {};
  const keep = (name: string) => (handler: Handler) => {
    handlers[name] = handler;
  };
  const emitter = Object.assign(new EventEmitter(), {
    setPermissionRequestHandler: keep('permissionRequest'),
    setPermissionCheckHandler: keep('permissionCheck'),
    setDevicePermissionHandler: keep('devicePermission'),
    webRequest: { onBeforeRequest: keep('beforeRequest') },
  });
  guardSession(emitter as never);
  const { permissionRequest, permissionCheck, devicePermission, beforeRequest } = handlers as Record<
    string,
    ((...args: unknown[]) => unknown) | undefined
  >;
  return { emitter, permissionRequest, permissionCheck, devicePermission, beforeRequest };
}
