import { expect, test } from 'vitest';
import { errorCatalogue } from '../../src-contract/errors.ts';
import { failureReasons, wordsByField } from '../../src-contract/failure-reason.ts';
import { fileReasons } from '../../src-contract/file-reason.ts';
import { rowVerdicts } from '../../src-contract/row-verdict.ts';
import { en } from './en.ts';
import { errors } from './ko/errors.ts';
import { failureReasons as koreanFailureReasons } from './ko/failure-reasons.ts';
import { fileReasons as koreanReasons } from './ko/file-reasons.ts';
import { rowVerdicts as koreanVerdicts } from './ko/row-verdicts.ts';
import { ko } from './ko.ts';
import type { Message } from './message.ts';

test('every text has the same placeholders in both languages', () => {
  const differing = Object.entries(en).flatMap(([key, english]) => {
    // sound: `ko` has the keys of `en` by its type.
    const korean = ko[key as keyof typeof en];
    return placesIn(english).join() === placesIn(korean).join() ? [] : [key];
  });
  expect(differing).toEqual([]);
});

test('every error message has the same placeholders in both languages', () => {
  for (const [code, { message }] of Object.entries(errorCatalogue)) {
    expect([code, placesIn(errors[code as keyof typeof errors].message)]).toEqual([code, placesIn(message)]);
  }
});

test('every reason and verdict has the same placeholders in both languages', () => {
  for (const [english, korean] of [
    [fileReasons, koreanReasons],
    [rowVerdicts, koreanVerdicts],
    [failureReasons, koreanFailureReasons],
  ]) {
    for (const [code, words] of Object.entries(english ?? {})) {
      const told = wordsByField(korean?.[code as keyof typeof korean] ?? {});
      for (const [field, sentence] of Object.entries(wordsByField(words))) {
        expect([code, field, placesIn(told[field] ?? '')]).toEqual([code, field, placesIn(sentence)]);
      }
    }
  }
});

test('every reason is translated into Korean, except those that are only a name', () => {
  const untold = Object.keys(failureReasons).flatMap((code) => {
    // sound: a code without a Korean text would be found below.
    const told = koreanFailureReasons[code as keyof typeof koreanFailureReasons] ?? {};
    return Object.entries(wordsByField(failureReasons[code as keyof typeof failureReasons])).flatMap(
      ([field, english]) =>
        /^\{\w+\}$/.test(english) || /[가-힣]/.test(wordsByField(told)[field] ?? '') ? [] : [`${code} ${field}`],
    );
  });
  expect(untold).toEqual([]);
});

// It was called something else than the tab that it opens.
// Regression: with two models, six rows were “row 7 of 12” at the foot of the page, whose head said “Answer 7 of 12”.
test('at the foot of the page as on its own, an evaluation is told by its answers', () => {
  expect([en['app.status.evaluation'], en['evaluations.progress.rows']].join()).toMatch(/answer.*answer/i);
  expect([ko['app.status.evaluation'], ko['evaluations.progress.rows']].join()).toMatch(/답변.*답변/);
});

test('the button to the findings of an import has the name of their tab', () => {
  expect(ko['import.done.findings']).toContain(ko['mend.tab.findings']);
});

test('no two parts of the dictionary share a key', async () => {
  const parts = import.meta.glob<Record<string, Record<string, Message>>>('./en/*.ts', { eager: true });
  const keys = Object.values(parts).flatMap((part) => Object.values(part).flatMap((messages) => Object.keys(messages)));
  expect(keys.length).toBe(new Set(keys).size);
  expect(keys.length).toBe(Object.keys(en).length);
});

// A table of twelve rows has one for testing: its results were “on 1 test rows”.
test('one row is not told in the plural where the count may be one', () => {
  const keys = [
    'runs.results.line',
    'evaluations.new.split.rows',
    'evaluations.verdict.evenOnlyBetter.rows',
    'evaluations.verdict.evenOnlyWorse.rows',
    'evaluations.doubt.runsNot',
    'dataset.rejected.addedSome',
  ] as const;
  expect(keys.filter((key) => /\brows\b|\bdo\b/.test(formsOf(en[key])[0] ?? ''))).toEqual([]);
});

function formsOf(message: Message): string[] {
  return typeof message === 'string' ? [message] : [message.one, message.other];
}

function placesIn(message: Message): string[] {
  const forms = typeof message === 'string' ? [message] : [message.other];
  return [...new Set(forms.flatMap((form) => [...form.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '')))].sort();
}
