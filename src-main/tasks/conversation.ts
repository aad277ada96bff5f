import { taskFields } from '../../src-contract/task.ts';
import { custom } from './custom.ts';
import type { Task } from './task.ts';

/** The next answer in a conversation: the context is what was said before it, as `writeTurns` writes it. */
export const conversation: Task = {
  id: 'conversation',
  fields: taskFields.conversation,
  columnNames: {
    ...custom.columnNames,
    group: [
      ...['conversation', 'conversationid', 'group', 'groupid', 'chatid', 'threadid', 'sessionid', 'dialogueid'],
      ...['대화', '대화id', '대화번호', '그룹', 'gespräch', 'gesprächsid', 'gruppe'],
    ],
  },
  renderContext: custom.renderContext,
};
