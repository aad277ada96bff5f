import type { MessageBoxSyncOptions, WebContents } from 'electron';

const words = {
  en: {
    message: 'A table is being imported.',
    detail: 'If you close the window now, nothing will be kept.',
    buttons: ['Keep importing', 'Leave'],
  },
  ko: {
    message: '표를 가져오는 중입니다.',
    detail: '지금 창을 닫으면 아무것도 남지 않습니다.',
    buttons: ['계속 가져오기', '나가기'],
  },
} as const;

const stay = 0;

export function leavingQuestion({ isKorean }: { isKorean: boolean }): MessageBoxSyncOptions {
  const { message, detail, buttons } = isKorean ? words.ko : words.en;
  return { type: 'question', message, detail, buttons: [...buttons], defaultId: stay, cancelId: stay };
}

/**
 * Asks before closing a page with work in progress that would end with it. A browser asks by itself; Electron would
 * silently keep the window open. `ask` returns the index of the button that was pressed.
 */
export function askBeforeLeaving(
  contents: WebContents,
  { ask, stayed }: { ask: () => number; stayed: () => void },
): void {
  contents.on('will-prevent-unload', (event) => {
    if (ask() === stay) stayed();
    else event.preventDefault();
  });
}
