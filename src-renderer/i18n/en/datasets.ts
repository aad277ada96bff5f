import type { Message } from '../message.ts';

export const datasets = {} satisfies Record<string, Message>;
