import type { runs as english } from '../en/runs.ts';
import type { Translation } from '../message.ts';

export const runs: Translation<typeof english> = {};
