import type { datasets as english } from '../en/datasets.ts';
import type { Translation } from '../message.ts';

export const datasets: Translation<typeof english> = {};
