import type { lab as english } from '../en/lab.ts';
import type { Translation } from '../message.ts';

export const lab: Translation<typeof english> = {};
