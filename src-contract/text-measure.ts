import { z } from 'zod';
import type { TaskId } from './task.ts';

/** How answers are compared with targets that may be any text. */
export const textMeasureSchema = z.enum(['exactMatch', 'labelsMatch', 'numberMatch', 'jsonMatch', 'rougeL']);
export type TextMeasure = z.infer<typeof textMeasureSchema>;

/** Whether the targets of a task may be any text: answers to questions are names and numbers, or whole sentences. */
export function leavesMeasureOpen(task: TaskId | undefined): task is 'custom' | 'mrc' {
  return task === 'custom' || task === 'mrc';
}

/**
 * What targets are: a few that occur again and again, lists of such labels, numbers, other short ones, lists and objects
 * in JSON, or texts written freely.
 */
const targetKindSchema = z.enum(['few', 'lists', 'numbers', 'short', 'structured', 'free']);
export type TargetKind = z.infer<typeof targetKindSchema>;

export const usualMeasureSchema = z.object({ measure: textMeasureSchema, kind: targetKindSchema });
export type UsualMeasure = z.infer<typeof usualMeasureSchema>;
