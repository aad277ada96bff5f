import type { Message } from '../message.ts';

export const chat = {} satisfies Record<string, Message>;
