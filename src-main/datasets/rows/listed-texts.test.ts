import { expect, test } from 'vitest';
import { listedTexts } from './listed-texts.ts';

test('a short row is listed whole', () => {
  const row = { context: 'x'.repeat(2000), target: 'The Danube' };
  expect(listedTexts(row)).toEqual({ ...row, isCut: false });
});

test('a long text is listed with its beginning and the question at its end', () => {
  const { context, target, isCut } = listedTexts({
    context: `Passage: ${'The Danube is long. '.repeat(10_000)}\n\nQuestion: Which river?`,
    target: 'The Danube',
  });
  expect(context.length).toBeLessThan(2100);
  expect(context).toMatch(/^Passage: The Danube.* … .*\n\nQuestion: Which river\?$/s);
  expect([target, isCut]).toEqual(['The Danube', true]);
});
