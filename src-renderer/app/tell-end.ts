import type { StudioJob } from '../../src-contract/studio.ts';
import type { ImportNews } from '../datasets/imports.svelte.ts';
import { isTextKey, t } from '../i18n/text.ts';
import { goTo, paths } from '../paths.ts';
import type { Toasts } from '../ui/toasts.svelte.ts';
import { jobPages } from './job-pages.ts';

const key = 'studio.notify';

/** Whether the person wants notifications outside the page. The browser has its say as well. */
export const notify = {
  get isOn(): boolean {
    return localStorage.getItem(key) === 'yes' && 'Notification' in globalThis && Notification.permission === 'granted';
  },
  /** Asks the browser; returns whether it is allowed. */
  async turn(on: boolean): Promise<boolean> {
    const allowed = on && 'Notification' in globalThis && (await Notification.requestPermission()) === 'granted';
    localStorage.setItem(key, allowed ? 'yes' : 'no');
    return allowed;
  },
};

/** Announces the end of long work in the page, and outside it if the page is hidden and the person wants that. */
export function tellEnd(job: StudioJob, toasts: Toasts): void {
  const place = jobPages[job.kind](job.id);
  const key = `lab.name.${job.name}`;
  const words = t(`app.ended.${job.kind}`, { name: isTextKey(key) ? t(key) : job.name });
  // The page of the work itself says how it ended.
  if (location.hash !== place) toasts.offer(words, { text: t('app.ended.look'), href: place });
  tellOutside(words, place);
}

/** Announces the outcome of an import, outside the page too as for other long work. */
export function tellImport(news: ImportNews, toasts: Toasts): void {
  switch (news.kind) {
    case 'waits':
      toasts.say(t('import.waits', { name: news.name }));
      break;
    case 'read':
      toasts.offer(t('import.read', { name: news.name }), { text: t('import.read.goOn'), href: paths.importDataset() });
      break;
    case 'failed':
      toasts.failed(news.error);
      break;
    case 'imported': {
      const { id, name, rows } = news.dataset;
      const words = t('import.done', { n: rows, name });
      const place = paths.importedDataset(id);
      // In place of the form, which going back would show empty.
      if (news.isSeen) goTo(place, { replace: true });
      else toasts.offer(words, { text: t('app.ended.look'), href: place });
      tellOutside(words, place);
      break;
    }
    default:
      news satisfies never;
  }
}

/** Says that the data folder of the things shown in this window was replaced by another, from a second window. */
export function tellFolder(folder: string, toasts: Toasts): void {
  const words = t('app.folder.changed', { folder });
  toasts.offer(words, { text: t('app.settings'), href: paths.settings('data') });
  tellOutside(words, paths.settings('data'));
}

/** The page's own title while another one replaces it. */
let plainTitle: string | undefined;

/** While the page is hidden: in its title, and as a system notification if that is wanted. */
function tellOutside(words: string, place: string): void {
  if (!document.hidden) return;
  if (plainTitle === undefined) {
    plainTitle = document.title;
    addEventListener('visibilitychange', showPlainTitle, { once: true });
  }
  document.title = `● ${words}`;
  if (!notify.isOn) return;
  const notice = new Notification('Adapter Studio', { body: words, tag: place });
  notice.onclick = () => {
    window.focus();
    goTo(place);
  };
}

function showPlainTitle(): void {
  document.title = plainTitle ?? document.title;
  plainTitle = undefined;
}
