import { expect, test } from 'vitest';
import { ollamaName } from './ollama-name.ts';

// Regression: a name in Korean became the number in it, and “Café” became “caf”.
test.each([
  ['Mails of 2026', 'mails-of-2026'],
  ['Café – Fragen', 'cafe-fragen'],
  ['고객 메일 2026', 'adapter-2026'],
  ['고객 메일', 'adapter'],
  ['SQL 질문', 'sql'],
  ['…', 'adapter'],
])('%s is called %s in Ollama', (name, called) => {
  expect(ollamaName(name)).toBe(called);
});
