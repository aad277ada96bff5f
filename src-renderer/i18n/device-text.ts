import { locale } from './locale.svelte.ts';

/** The studio names its device in English, such as `CPU, 2 threads`; only the threads want another word in Korean. */
export function deviceText(device: string): string {
  if (locale.current !== 'ko') return device;
  return device.replace('graphics processor', '그래픽 프로세서').replace(/(\d+) threads?/, '스레드 $1개');
}
