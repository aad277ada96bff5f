import { type BrowserWindow, dialog } from 'electron';

const words = {
  en: {
    message: 'A table is being imported.',
    detail: 'If the window goes now, nothing of it is kept.',
    buttons: ['Keep importing', 'Leave'],
  },
  ko: {
    message: '표를 가져오는 중입니다.',
    detail: '지금 창을 닫으면 아무것도 남지 않습니다.',
    buttons: ['계속 가져오기', '나가기'],
  },
} as const;

/**
 * Asks before a page goes that has something under way which ends with it. A browser asks by itself; Electron would leave the window
 * open without a word.
 */
export function askBeforeLeaving(window: BrowserWindow, language: string): void {
  const { message, detail, buttons } = language.toLowerCase().startsWith('ko') ? words.ko : words.en;
  const [stay, leave] = [0, 1];
  window.webContents.on('will-prevent-unload', (event) => {
    const options = {
      type: 'question' as const,
      message,
      detail,
      buttons: [...buttons],
      defaultId: stay,
      cancelId: stay,
    };
    if (dialog.showMessageBoxSync(window, options) === leave) event.preventDefault();
  });
}
