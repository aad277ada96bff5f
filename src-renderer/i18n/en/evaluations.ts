import type { Message } from '../message.ts';

export const evaluations = {} satisfies Record<string, Message>;
