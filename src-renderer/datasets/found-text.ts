import type { FindingCode } from '../../src-contract/finding.ts';
import type { TaskId } from '../../src-contract/task.ts';
import { type TextKey, t } from '../i18n/text.ts';
import { targetField } from './pair-parts.ts';

/**
 * What a check found in a row: the row's own words, or which of its texts is empty, or how long they are (`target 300,
 * context 120`), in the language on screen.
 */
export function foundText(code: FindingCode, detail: string, task: TaskId): string {
  if (!toldByTexts.includes(code)) return detail;
  const contextField = task === 'summarisation' ? 'document' : 'context';
  return detail.replace(/(context|target)(?: (\d+))?/g, (_, part: string, letters?: string) => {
    // Sound: every field of a task has a name.
    const text = t(`field.${part === 'target' ? targetField(task) : contextField}` as TextKey);
    return letters === undefined
      ? t('mend.finding.empty', { text })
      : t('mend.finding.letters', { text, n: Number(letters) });
  });
}

const toldByTexts: readonly FindingCode[] = ['EMPTY_TEXT', 'LENGTH_OUTLIER', 'SUMMARY_LONGER'];
