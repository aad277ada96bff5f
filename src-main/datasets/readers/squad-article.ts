import { cellOf } from './cell-text.ts';
import { isObject } from './json-parse.ts';
import { firstAnswer, type NamedValues } from './record-shape.ts';

export const squadColumns = ['id', 'title', 'passage', 'question', 'answer'];

/**
 * Whether a record is an article of a SQuAD file, which holds paragraphs with questions; KorQuAD 2 and MRQA have the one passage
 * of an article, and its questions, in the article itself.
 */
export function isSquad({ paragraphs, ...article }: NamedValues): boolean {
  const [first] = Array.isArray(paragraphs) ? (paragraphs as unknown[]) : [article];
  return isObject(first) && 'context' in first && Array.isArray(first.qas);
}

/**
 * The questions of an article, one row each; the answer is the first one given. No row for an article without paragraphs,
 * undefined for a value that is none.
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
