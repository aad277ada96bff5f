import { expect, test } from 'vitest';
import { rouge } from './rouge.ts';

// Values of rouge-score 0.1.2 with use_stemmer=False.
test.each([
  [
    'The quick brown fox jumps over the lazy dog',
    'The quick brown dog jumps on the log.',
    0.7058823529411765,
    0.26666666666666666,
    0.5882352941176471,
  ],
  [
    'the cat was found under the bed',
    'the cat was under the bed',
    0.923076923076923,
    0.7272727272727272,
    0.923076923076923,
  ],
  [
    "A first visit: the patient's 2 knees hurt; 3.5 mg given.",
    'Patient has 2 painful knees, given 3.5mg',
    0.4761904761904762,
    0,
    0.380952380952381,
  ],
  ['a b c d e f g', 'g f e d c b a', 1, 0, 0.14285714285714285],
  ['police killed the gunman', 'the gunman killed police', 1, 0.3333333333333333, 0.5],
  ['hello', '', 0, 0, 0],
])('“%s” against “%s” scores as in rouge-score', (answer, target, rouge1, rouge2, rougeL) => {
  const scores = rouge(answer, target, 'en');
  expect(scores.rouge1).toBeCloseTo(rouge1, 12);
  expect(scores.rouge2).toBeCloseTo(rouge2, 12);
  expect(scores.rougeL).toBeCloseTo(rougeL, 12);
});

test('Korean is scored by words', () => {
  // Shared: 내일, 날씨, out of 2 and 3 words.
  expect(rouge('내일 날씨', '내일 서울 날씨', 'ko').rouge1).toBeCloseTo(0.8, 12);
});

test('Chinese is scored by characters', () => {
  expect(rouge('北京大学', '北京', 'zh').rougeL).toBeCloseTo(4 / 6, 12);
});
