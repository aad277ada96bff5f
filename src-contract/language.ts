import { z } from 'zod';

/**
 * The languages whose answers are compared by rules of their own: those of SQuAD (English), KorQuAD (Korean) and MLQA (the
 * others). `other` is for all the rest.
 */
export const answerLanguageSchema = z.enum(['en', 'ko', 'de', 'zh', 'ar', 'es', 'vi', 'hi', 'other']);
export type AnswerLanguage = z.infer<typeof answerLanguageSchema>;
