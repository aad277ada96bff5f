import type { Session, WebContents } from 'electron';

/** The page's own origin. `app:` is served by `page-protocol.ts` from the built files and from nowhere else. */
export const pageOrigin = 'app://studio';

/** Refuses whatever would lead a page elsewhere: navigation, new windows and embedded pages. */
export function guardContents(contents: WebContents): void {
  contents.on('will-navigate', (event) => event.preventDefault());
  contents.on('will-frame-navigate', (event) => event.preventDefault());
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}

/** Refuses permissions, devices, foreign downloads and every request that leaves the page's own origin. */
export function guardSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, decide) => decide(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.webRequest.onBeforeRequest((request, decide) => decide({ cancel: !isOwn(request.url) }));
  session.on('will-download', (event, item) => {
    // The page saves files that it made itself; those come from its memory.
    if (!item.getURL().startsWith(`blob:${pageOrigin}/`)) event.preventDefault();
  });
}

function isOwn(url: string): boolean {
  return [`${pageOrigin}/`, `blob:${pageOrigin}/`, 'data:', 'devtools:'].some((start) => url.startsWith(start));
}
