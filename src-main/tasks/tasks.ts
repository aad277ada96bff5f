import type { TaskId } from '../../src-contract/task.ts';
import { conversation } from './conversation.ts';
import { custom } from './custom.ts';
import { mrc } from './mrc.ts';
import { nl2sql } from './nl2sql.ts';
import { summarisation } from './summarisation.ts';
import type { Task } from './task.ts';

/** Every task by its id. */
export const tasks: Readonly<Record<TaskId, Task>> = { summarisation, mrc, nl2sql, conversation, custom };
