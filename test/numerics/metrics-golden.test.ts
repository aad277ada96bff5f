import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { answerLanguageSchema } from '../../src-contract/language.ts';
import { forkSqlProcess, SqlRunner } from '../../src-main/datasets/databases/attached-database.ts';
import { type Judge, judgeOf } from '../../src-main/tasks/judge.ts';
import { answerF1, exactMatch } from '../../src-main/tasks/metrics/exact-match.ts';
import { porterStem } from '../../src-main/tasks/metrics/porter-stem.ts';
import { rouge } from '../../src-main/tasks/metrics/rouge.ts';

// Made by golden/metrics/make_metrics.py with rouge-score and the official scripts of SQuAD 1.1 and 2.0, KorQuAD, MLQA
// and Spider.
const golden = (name: string) => JSON.parse(readFileSync(join(import.meta.dirname, 'golden/metrics', name), 'utf8'));

test('ROUGE-1, ROUGE-2 and ROUGE-L match rouge-score', () => {
  for (const [answer, target, rouge1, rouge2, rougeL] of golden('rouge.json')) {
    const ours = rouge(answer, target, 'en');
    const context = JSON.stringify([answer, target]);
    expect(ours.rouge1, context).toBeCloseTo(rouge1, 12);
    expect(ours.rouge2, context).toBeCloseTo(rouge2, 12);
    expect(ours.rougeL, context).toBeCloseTo(rougeL, 12);
  }
});

test('with stemming, ROUGE-1, ROUGE-2 and ROUGE-L match rouge-score with its stemmer', () => {
  for (const [answer, target, rouge1, rouge2, rougeL] of golden('rouge-stemmed.json')) {
    const ours = rouge(answer, target, 'en', { stemmed: true });
    const context = JSON.stringify([answer, target]);
    expect(ours.rouge1, context).toBeCloseTo(rouge1, 12);
    expect(ours.rouge2, context).toBeCloseTo(rouge2, 12);
    expect(ours.rougeL, context).toBeCloseTo(rougeL, 12);
  }
});

test('stems match NLTK’s Porter stemmer', () => {
  // Made by golden/metrics/make_stems.py; with --all, 59,267 words were once compared without a difference.
  for (const [word, stem] of golden('stems.json')) expect(porterStem(word), word).toBe(stem);
});

test.each(['en', 'de', 'zh', 'ar', 'ko'])('exact match and F1 in %s match the official script', (language) => {
  const cases = golden('answers.json')[language] as [string, string, number, number][];
  expect(cases.length).toBeGreaterThan(90);
  for (const [answer, target, exact, f1] of cases) {
    const context = JSON.stringify([answer, target]);
    expect(exactMatch(answer, target, answerLanguageSchema.parse(language)), context).toBe(exact);
    expect(answerF1(answer, target, answerLanguageSchema.parse(language)), context).toBeCloseTo(f1, 12);
  }
});

type SqlCase = [database: string, answer: string, target: string, exactSet: 0 | 1 | null, execution: 0 | 1];

test('exact set match and execution accuracy match Spider’s test suite', async () => {
  const runner = new SqlRunner(() => forkSqlProcess());
  const judges = new Map<string, Promise<Judge>>();
  try {
    for (const [name, answer, target, exactSet, execution] of golden('sql.json') as SqlCase[]) {
      const context = JSON.stringify([name, answer, target]);
      const file = join(import.meta.dirname, '../../resources/samples/databases/spider', `${name}.sqlite`);
      const judge =
        judges.get(name) ??
        judgeOf('nl2sql', {
          ...{ language: 'en', measure: 'exactMatch', targets: [] },
          runQuery: (_, sql) => runner.query(file, sql),
        });
      judges.set(name, Promise.resolve(judge));
      const marks = await (await judge).mark(answer, { target, database: name }, new AbortController().signal);
      expect(marks.executionAccuracy, context).toBe(execution);
      if (exactSet !== null) expect(marks.exactSet, context).toBe(exactSet);
    }
  } finally {
    runner.close();
  }
});
