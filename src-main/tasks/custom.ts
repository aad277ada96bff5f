import { taskFields } from '../../src-contract/task.ts';
import type { Task } from './task.ts';

/** Any text to any text; also the names of ready-made context and target columns, which every task takes. */
export const custom: Task = {
  id: 'custom',
  fields: taskFields.custom,
  columnNames: {
    context: ['context', 'prompt', 'input', 'instruction', '문맥', '입력', '프롬프트', '지시', 'kontext', 'eingabe'],
    target: [
      'target',
      'completion',
      'output',
      'response',
      'chosen',
      '목표',
      '출력',
      '응답',
      'ziel',
      'ausgabe',
      'zieltext',
      ...['label', 'labels', 'goldlabel', 'class', 'sentiment', 'intent', 'emotion', 'tags'],
      ...['라벨', '레이블', '감정', '태그', 'klasse', 'stimmung'],
    ],
    group: ['group', 'groupid', '그룹', 'gruppe'],
  },
  renderContext: (input) => input.context ?? '',
};
