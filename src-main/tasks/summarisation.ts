import { taskFields } from '../../src-contract/task.ts';
import type { Task } from './task.ts';

/** A document is summarised in a few words. */
export const summarisation: Task = {
  id: 'summarisation',
  fields: taskFields.summarisation,
  columnNames: {
    document: [
      ...['document', 'article', 'dialogue', 'dialog', 'body', 'text', 'content', 'passage', 'transcript', 'source'],
      ...['본문', '문서', '원문', '기사', '기사본문', '내용', '텍스트', '대화', '지문'],
      ...['dokument', 'artikel', 'inhalt', 'volltext', 'gespräch', 'quelltext'],
    ],
    summary: [
      ...['summary', 'summaries', 'highlights', 'tldr', 'gist', 'headline', 'abstract'],
      ...['요약', '요약문', '한줄요약', '핵심', '요지', '생성요약', '제목'],
      ...['zusammenfassung', 'kurzfassung', 'überschrift'],
    ],
    group: ['group', 'groupid', 'documentid', 'docid', 'articleid', '그룹', '문서id', 'gruppe', 'dokumentid'],
  },
  renderContext: (input) => input.document ?? '',
};
