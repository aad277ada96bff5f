import type { baseModels as english } from '../en/base-models.ts';
import type { Translation } from '../message.ts';

export const baseModels: Translation<typeof english> = {};
