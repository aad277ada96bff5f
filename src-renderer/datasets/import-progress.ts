import { t } from '../i18n/text.ts';
import type { BusyStage } from './import-state.svelte.ts';

/** What is in progress, in words, and how far it is, in bytes. */
export function importProgress(
  stage: BusyStage,
  name: string,
): { readonly title: string; readonly done: number; readonly total: number } {
  switch (stage.kind) {
    case 'uploading':
      return { title: t('import.sending', { name: stage.name }), done: stage.bytes, total: stage.bytesTotal };
    case 'downloading': {
      const { bytesDone = 0, bytesTotal = 1 } = stage.progress ?? {};
      return { title: t('import.downloading', { name: stage.name }), done: bytesDone, total: bytesTotal };
    }
    case 'reading':
      return { title: t('import.reading', { name: stage.name }), done: 0, total: 1 };
    case 'importing': {
      const { bytesRead = 0, bytesTotal = 1 } = stage.progress ?? {};
      return { title: t('import.working', { name }), done: bytesRead, total: bytesTotal };
    }
    default:
      return stage satisfies never;
  }
}
