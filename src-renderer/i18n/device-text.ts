import { deviceName } from '../../src-contract/device-name.ts';
import { locale } from './locale.svelte.ts';

/**
 * The studio describes its device in English, such as `CPU, 2 threads`; only the threads need translating into Korean.
 */
export function deviceText(device: string): string {
  if (locale.current !== 'ko') return device;
  return deviceName(device, { graphics: '그래픽 프로세서', threads: (n) => `스레드 ${n}개` });
}
