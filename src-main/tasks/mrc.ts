import { taskFields } from '../../src-contract/task.ts';
import type { Task } from './task.ts';

/** Machine reading comprehension: a question is answered from a passage. */
export const mrc: Task = {
  id: 'mrc',
  fields: taskFields.mrc,
  columnNames: {
    passage: [
      ...['passage', 'paragraph', 'document', 'article', 'text', 'story', 'context'],
      ...['지문', '본문', '문단', '문서', '문맥'],
      ...['absatz', 'textstelle', 'dokument', 'kontext'],
      // What is asked about is often called as what is summarised; but a source is where an answer comes from.
      ...['body', 'content', '기사', '기사본문', '내용', '텍스트', '원문', 'artikel', 'inhalt', 'quelltext'],
    ],
    question: ['question', 'query', 'questiontext', '질문', '물음', '질의', '문제', '문항', 'frage'],
    answer: ['answer', 'answers', 'answertext', '정답', '답변', '답', '응답', '해설', '풀이', 'antwort', 'lösung'],
    group: ['group', 'groupid', 'title', 'article', 'documentid', 'docid', '그룹', '제목', 'gruppe', 'titel'],
  },
  renderContext: (input) => `Passage: ${input.passage ?? ''}\n\nQuestion: ${input.question ?? ''}`,
};
