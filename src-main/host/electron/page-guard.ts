import type { Session, WebContents } from 'electron';

/** The page's own origin. `page-protocol.ts` serves `app:` from the built files and nowhere else. */
export const pageOrigin = 'app://studio';

/**
 * Refuses anything that would lead the page elsewhere: navigation, new windows and embedded pages. It may reload itself,
 * which is what a person is offered when it fails.
 */
export function guardContents(contents: WebContents): void {
  const refuse = (event: { isMainFrame: boolean; url: string; preventDefault(): void }) => {
    if (!event.isMainFrame || event.url !== contents.getURL()) event.preventDefault();
  };
  contents.on('will-navigate', refuse);
  contents.on('will-frame-navigate', refuse);
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}

/**
 * Refuses devices, foreign downloads, every request outside the page's own origin, and permissions, except that the page
 * may copy a text when a person presses its button.
 */
export function guardSession(session: Session): void {
  const isGiven = (permission: string) => permission === 'clipboard-sanitized-write';
  session.setPermissionRequestHandler((_contents, permission, decide) => decide(isGiven(permission)));
  session.setPermissionCheckHandler((_contents, permission) => isGiven(permission));
  session.setDevicePermissionHandler(() => false);
  session.webRequest.onBeforeRequest((request, decide) => decide({ cancel: !isOwn(request.url) }));
  session.on('will-download', (event, item) => {
    // The page saves files that it made itself, from memory.
    if (!item.getURL().startsWith(`blob:${pageOrigin}/`)) event.preventDefault();
  });
}

function isOwn(url: string): boolean {
  return [`${pageOrigin}/`, `blob:${pageOrigin}/`, 'data:', 'devtools:'].some((start) => url.startsWith(start));
}
