import type { Message } from '../message.ts';

export const lab = {} satisfies Record<string, Message>;
