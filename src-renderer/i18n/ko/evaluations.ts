import type { evaluations as english } from '../en/evaluations.ts';
import type { Translation } from '../message.ts';

export const evaluations: Translation<typeof english> = {};
