import type { StudioStatus } from '../../src-contract/studio.ts';
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
  if (!document.hidden) return;
  const title = document.title;
  document.title = `● ${words}`;
  addEventListener('visibilitychange', () => (document.title = title), { once: true });
  if (!notify.isOn) return;
  const notice = new Notification('Adapter Studio', { body: words, tag: job.id });
  notice.onclick = () => {
    window.focus();
    goTo(place);
  };
}
