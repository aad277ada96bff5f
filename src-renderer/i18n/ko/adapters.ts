import type { adapters as english } from '../en/adapters.ts';
import type { Translation } from '../message.ts';

export const adapters: Translation<typeof english> = {};
