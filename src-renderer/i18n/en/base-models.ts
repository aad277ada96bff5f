import type { Message } from '../message.ts';

export const baseModels = {} satisfies Record<string, Message>;
