import { cellOf } from './cell-text.ts';
import { firstAnswer } from './choice-shapes.ts';
import { isObject } from './json-parse.ts';
import type { NamedValues } from './known-shape.ts';

export const squadColumns = ['id', 'title', 'passage', 'question', 'answer'];

/**
 * Whether a record is an article of a SQuAD file, which contains paragraphs with questions; in KorQuAD 2 and MRQA the
 * article itself holds its single passage and questions.
 */
export function isSquad({ paragraphs, ...article }: NamedValues): boolean {
  const [first] = Array.isArray(paragraphs) ? (paragraphs as unknown[]) : [article];
  return isObject(first) && 'context' in first && Array.isArray(first.qas);
}

/**
 * The questions of an article, one row each, with the first answer. Empty for an article without paragraphs, undefined
 * for anything that is not an article.
 */
export function squadRows(article: NamedValues): string[][] | undefined {
  const { paragraphs = isSquad(article) ? [article] : undefined, title } = article;
  if (!Array.isArray(paragraphs)) return undefined;
  return (paragraphs as unknown[])
    .filter(isObject)
    .flatMap(({ context, qas }) =>
      (Array.isArray(qas) ? (qas as unknown[]) : [])
        .filter(isObject)
        .map(({ id, question, answers, answer }) => [
          ...[id, title, context, question].map(cellOf),
          answerOf(answers) || answerOf(answer),
        ]),
    );
}

function answerOf(answers: unknown): string {
  return firstAnswer(answers) ?? cellOf(answers);
}
