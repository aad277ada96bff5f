import type { Message } from '../message.ts';

export const adapters = {} satisfies Record<string, Message>;
