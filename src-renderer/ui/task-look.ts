import Box from '@lucide/svelte/icons/box';
import Database from '@lucide/svelte/icons/database';
import MessagesSquare from '@lucide/svelte/icons/messages-square';
import Shapes from '@lucide/svelte/icons/shapes';
import TextAlignStart from '@lucide/svelte/icons/text-align-start';
import TextSearch from '@lucide/svelte/icons/text-search';
import type { TaskId } from '../../src-contract/task.ts';
import type { IconShape } from './icon-shape.ts';

/** A task, or the base model alone. */
export type TaskOrBase = TaskId | 'base';

/** The icon of each task. Its colour comes from the class `task-<id>`, which sets `--task` and `--task-soft`. */
export const taskIcons: Readonly<Record<TaskOrBase, IconShape>> = {
  summarisation: TextAlignStart,
  mrc: TextSearch,
  nl2sql: Database,
  conversation: MessagesSquare,
  custom: Shapes,
  base: Box,
};
