import { expect, test } from 'vitest';
import { errorCatalogue } from '../../src-contract/errors.ts';
import { failureReasons, wordsByField } from '../../src-contract/failure-reason.ts';
import { fileReasons } from '../../src-contract/file-reason.ts';
import { fillIn } from '../../src-contract/fill-in.ts';
import { rowVerdicts } from '../../src-contract/row-verdict.ts';
import { tableDoubtWords } from '../../src-contract/table-doubt.ts';
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

// A table of twelve rows has one for testing: its results were “on 1 test rows”, after “1 steps”.
test('nothing is told in the plural of one', () => {
  const texts = [
    ...Object.entries<Message>(en).map(([key, message]) => [key, typeof message === 'string' ? message : message.one]),
    ...Object.entries(errorCatalogue).flatMap(([code, { message, hint }]) => [
      [code, message],
      [`${code} hint`, hint],
    ]),
    ...[fileReasons, rowVerdicts, failureReasons, tableDoubtWords.en].flatMap((reasons) =>
      Object.entries(reasons).flatMap(([code, words]) =>
        Object.values(wordsByField(words)).map((said) => [code, said]),
      ),
    ),
  ];
  expect(texts.length).toBeGreaterThan(2000);
  const wrong = texts.flatMap(([key = '', text = '']) => {
    const ones = Object.fromEntries(placesIn(text).map((place) => [place, neverOne.has(place) ? 'x' : '1']));
    // A number and its plural, perhaps with a word between: “1 steps”, “1 training rows”.
    const found = /(?<![.,\d$]|\bF)1\*{0,2} (?:(?:training|validation|test|target|longer|whole) )?([a-z]+s)\b/g;
    const told = [...fillIn(text, ones).matchAll(found)];
    return told.some(([, word = '']) => !ofOne.has(word)) && !ofMany.has(key) ? [`${key}: ${text}`] : [];
  });
  expect(wrong).toEqual([]);
});

/** Words that end like a plural; and points, which have decimals. */
const ofOne = new Set(['is', 'was', 'as', 'has', 'does', 'pass', 'points', 'times']);
/** Names, sizes of models, and limits. */
const neverOne = new Set([
  ...['dataset', 'split', 'who', 'sure', 'column', 'tensor', 'key', 'loss', 'weights', 'trained', 'trainable'],
  ...['length', 'most', 'letters', 'bits', 'vocabulary', 'seconds', 'hours', 'days'],
]);
/** What is not told of one: these begin at two, at the shortest length of rows (16 tokens), or at a limit. */
const ofMany = new Set([
  ...['dataset.showWhole', 'import.hub.matches.cut', 'import.hub.rows', 'import.hub.rows.below', 'mend.shownBounded'],
  ...['import.hub.rows.above', 'import.rows.about', 'splits.groups.largest', 'baseModels.hub.matches.cut'],
  ...[
    'baseModels.hub.weights',
    'runs.new.nothingFits',
    'runs.new.leftOut.many',
    'runs.new.cut.many',
    'runs.new.longer',
  ],
  ...['runs.new.longer.none', 'runs.new.unreadScript', 'runs.new.remedy', 'runs.new.remedy.checkpointing'],
  ...['runs.new.remedy.rounded', 'runs.new.noCut', 'runs.new.sentence', 'runs.new.sentence.group', 'lab.sentence'],
  ...['runs.new.steps.again', 'runs.fold.log.last', 'runs.log.started', 'runs.log.started.drawn', 'runs.log.step'],
  ...['runs.also.summary', 'runs.also.tooMany', 'runs.trainedWith.queued', 'chat.fit', 'tables.new.sentence.about'],
  ...['evaluations.verdict.better.rows', 'evaluations.verdict.betterMixed.rows', 'evaluations.verdict.worse.rows'],
  ...['evaluations.verdict.worseMixed.rows', 'evaluations.verdict.even.rows', 'evaluations.verdict.onlyBetter.rows'],
  ...['evaluations.verdict.onlyWorse.rows', 'evaluations.next.askAll', 'evaluations.fields.all.fields'],
  ...['evaluations.fields.all.labels', 'lab.rests', 'lab.repeat', 'lab.repeat.same', 'lab.option.wanted.some'],
  ...['DATASET_TOO_SMALL', 'CONTEXT_TOO_LONG', 'HEADER_ROWS', 'HEADER_MERGED', 'TOO_MANY_TOGETHER'],
  ...['LENGTH_BEYOND_BASE', 'TABLE_TOO_LONG', 'TENSOR_NAME_LONG'],
]);

function placesIn(message: Message): string[] {
  const text = typeof message === 'string' ? message : message.other;
  return [...new Set([...text.matchAll(/\{(\w+)[:}]/g)].map(([, name]) => name ?? ''))].sort();
}
