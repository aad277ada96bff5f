import { expect, test } from 'vitest';
import { captioned, svg } from './drawing.ts';

// Regression: a saved chart did not say what its bars are.
test('a saved picture has its title above and its caption below, each wrapped to its width', () => {
  const picture = svg({ width: 120, height: 40, described: 'times', parts: ['<circle cx="5" cy="5" r="4"/>'] });
  const saved = captioned(picture, { title: 'Time added to a pass', caption: 'Table 1 on starter, 60 rounds' });
  const words = [...saved.matchAll(/<text [^>]*y="([\d.]+)"[^>]*>([^<]+)</g)].map(([, y, text]) => [Number(y), text]);
  expect(words).toEqual([
    [22, 'Time added'],
    [41, 'to a pass'],
    [102, 'Table 1 on'],
    [117, 'starter, 60'],
    [132, 'rounds'],
  ]);
  expect(saved).toContain('viewBox="0 0 120 151"');
  expect(saved).toContain('<g transform="translate(0 50)">');
  expect(saved).not.toContain('var(');
});
