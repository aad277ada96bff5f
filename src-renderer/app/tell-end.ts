import type { StudioStatus } from '../../src-contract/studio.ts';
import type { ImportNews } from '../datasets/imports.svelte.ts';
import { isTextKey, t } from '../i18n/text.ts';
import { goTo, paths } from '../paths.ts';
import type { Toasts } from '../ui/toasts.svelte.ts';

const key = 'studio.notify';

/** Whether the person wants to be told outside of the page. The browser has its say as well. */
export const notify = {
  get isOn(): boolean {
    return localStorage.getItem(key) === 'yes' && 'Notification' in globalThis && Notification.permission === 'granted';
  },
  /** Asks the browser; gives whether it is allowed. */
  async turn(on: boolean): Promise<boolean> {
    const allowed = on && 'Notification' in globalThis && (await Notification.requestPermission()) === 'granted';
    localStorage.setItem(key, allowed ? 'yes' : 'no');
    return allowed;
  },
};

/** Says that long work is over: in the page, and outside of it where nobody looks at the page and that is wanted. */
export function tellEnd(job: NonNullable<StudioStatus['job']>, toasts: Toasts): void {
  const place = { run: paths.run, evaluation: paths.evaluation, lab: paths.experiment }[job.kind](job.id);
  const key = `lab.name.${job.name}`;
  const words = t(`app.ended.${job.kind}`, { name: isTextKey(key) ? t(key) : job.name });
  // The page of the work itself says how it ended.
  if (location.hash !== place) toasts.offer(words, { text: t('app.ended.look'), href: place });
  tellOutside(words, place);
}

/** Says what became of an import, outside of the page too as for other long work. */
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
      if (!news.isSeen) toasts.offer(words, { text: t('app.ended.look'), href: paths.dataset(id) });
      tellOutside(words, paths.dataset(id));
      break;
    }
    default:
      news satisfies never;
  }
}

/** Says that another data folder has taken the place of the one whose things this window showed, as a second window had it done. */
export function tellFolder(folder: string, toasts: Toasts): void {
  const words = t('app.folder.changed', { folder });
  toasts.offer(words, { text: t('app.settings'), href: paths.settings('data') });
  tellOutside(words, paths.settings('data'));
}

/** The title of the page while another one is in its place. */
let plainTitle: string | undefined;

/** Where nobody looks at the page: in its title, and by the system where that is wanted. */
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
