import { expect, test } from 'vitest';
import { answerLanguageOf } from './answer-language.ts';

test.each([
  ['en', ['Who is the mayor of Daegu?', 'Ivan Brown']],
  ['de', ['Wer ist der Bürgermeister von Ulm und was macht er?', 'Herr Braun']],
  ['es', ['¿Cuál es la capital de los países del norte?', 'Oslo y Helsinki']],
  ['vi', ['Thủ đô của Việt Nam là gì và có bao nhiêu người?', 'Hà Nội']],
  ['ko', ['대구의 시장은 누구인가? (Mayor of Daegu)', '이반']],
  ['zh', ['北京是哪个国家的首都?', '中国 (China)']],
  ['ar', ['ما هي عاصمة مصر؟', 'القاهرة']],
  ['hi', ['भारत की राजधानी क्या है?', 'दिल्ली']],
  ['other', ['日本の首都はどこですか', '東京']],
  ['other', ['Столица России?', 'Москва']],
  ['en', ['1234', '']],
] as const)('%s is detected from letters and words', (language, texts) => {
  expect(answerLanguageOf(texts)).toBe(language);
});
