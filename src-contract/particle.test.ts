import { expect, test } from 'vitest';
import { withParticles } from './particle.ts';

test('a word that ends in a consonant takes the first form', () => {
  expect(withParticles('“질문”[을|를] 찾습니다')).toBe('“질문”을 찾습니다');
});

test('a word that ends in a vowel takes the second form', () => {
  expect(withParticles('어댑터[이|가] 없습니다')).toBe('어댑터가 없습니다');
});

test('으로 becomes 로 after a final rieul', () => {
  expect(withParticles('파일[으로|로], 질문[으로|로], 8[으로|로]')).toBe('파일로, 질문으로, 8로');
});

test('a digit takes the form of its spoken Korean name', () => {
  expect(withParticles('3[을|를] 5[을|를]')).toBe('3을 5를');
});

test('a name in Latin letters takes the form of its Korean pronunciation', () => {
  expect(withParticles('Queries[과|와] Answers[은|는] towns[을|를] Model[으로|로] Lion[이|가]')).toBe(
    'Queries와 Answers는 towns를 Model로 Lion이',
  );
});

test('emphasis does not change the form', () => {
  expect(withParticles('**표 SQL**[이|가] **파일**[을|를]')).toBe('**표 SQL**이 **파일**을');
});

test('a Latin word in r counts as ending in a vowel, an abbreviation in R does not', () => {
  expect(withParticles('starter[이|가] QR[을|를]')).toBe('starter가 QR을');
});

// Regression: SmolLM2-135M-Instruct은, as many base models are called.
test('after another consonant, a last letter is read with a vowel of its own', () => {
  expect(withParticles('Instruct[은|는] Text[이|가] Disk[을|를] Stack[은|는] chat[이|가]')).toBe(
    'Instruct는 Text가 Disk를 Stack은 chat이',
  );
});

test('a Latin word in ng or c counts as ending in a consonant, abbreviations and other words in g do not', () => {
  expect(withParticles('“training”[을|를] Generic[과|와] NG[이|가] AC[은|는] blog[을|를]')).toBe(
    '“training”을 Generic과 NG가 AC는 blog를',
  );
});

// “SQL B을 학습하고 있습니다.” stood on the home page.
test('a capital, or a letter alone, takes the form of its name', () => {
  expect(withParticles('DB[을|를] GPT[은|는] 모델 B[을|를] k[이|가] r[으로|로] ROM[과|와]')).toBe(
    'DB를 GPT는 모델 B를 k가 r로 ROM과',
  );
});

test('handles a one-letter word at the beginning of a sentence', () => {
  expect(withParticles('A”[은|는] m[이|가] 표[을|를]')).toBe('A”는 m이 표를');
});

// Regression: from each quote or bracket of a name, all those behind it were passed over again.
test.each(['"', '[', '[a', ')'])('a long name of %s is passed over once', (sign) => {
  const name = sign.repeat(500_000);
  expect(withParticles(`${name}[을|를] ${name}`)).toBe(`${name}를 ${name}`);
});

test('every text puts the form for a final consonant first', async () => {
  const files = import.meta.glob<Record<string, unknown>>('./ko/*.ts', { eager: true });
  const texts = JSON.stringify(Object.values(files));
  expect(texts.match(/\[(와\|과|를\|을|가\|이|는\|은|로\|으로)\]|[을은이과]\([를는가와]\)/g)).toBeNull();
});
