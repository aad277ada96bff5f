import type { Message } from '../message.ts';

export const home = {} satisfies Record<string, Message>;
