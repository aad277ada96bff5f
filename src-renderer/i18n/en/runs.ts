import type { Message } from '../message.ts';

export const runs = {} satisfies Record<string, Message>;
