import { z } from 'zod';

/**
 * Languages whose answers are compared by rules of their own: those of SQuAD (English), KorQuAD (Korean) and MLQA (the
 * rest). `other` is for all other languages.
 */
export const answerLanguageSchema = z.enum(['en', 'ko', 'de', 'zh', 'ar', 'es', 'vi', 'hi', 'other']);
export type AnswerLanguage = z.infer<typeof answerLanguageSchema>;
