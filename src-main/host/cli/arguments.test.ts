import { expect, test } from 'vitest';
import { mostStops, samplingSchema } from '../../../src-contract/chat.ts';
import { csvOptionsSchema } from '../../../src-contract/dataset.ts';
import { labOptionsSchema } from '../../../src-contract/lab.ts';
import { trainOptionsSchema } from '../../../src-contract/run.ts';
import {
  adapterIn,
  collectIn,
  delimiterIn,
  mappingIn,
  numberIn,
  numbersIn,
  targetsIn,
  textIn,
  yesOrNo,
} from './arguments.ts';

test('a number must be within the limits of the contract', () => {
  const rank = numberIn(trainOptionsSchema.shape.rank);
  expect(rank('8')).toBe(8);
  expect(() => rank('0')).toThrow('It must be at least 1.');
  expect(() => rank('4096')).toThrow('It must be at most 1024.');
  expect(() => rank('8.5')).toThrow('It must be a whole number.');
  expect(() => rank('')).toThrow('This is not a number.');
  expect(() => rank('eight')).toThrow('This is not a number.');
  const rate = numberIn(trainOptionsSchema.shape.learningRate);
  expect(rate('2e-4')).toBe(0.0002);
  expect(() => rate('0')).toThrow('It must be more than 0.');
});

// Regression: the schema's own words were shown, “options.seeds: Too big: expected array to have <=10 items”.
test('lists and texts must be within the limits of the contract', () => {
  const seeds = numbersIn(labOptionsSchema.shape.seeds);
  expect(seeds('3,1')).toEqual([3, 1]);
  expect(() => seeds('0,1,2,3,4,5,6,7,8,9,10')).toThrow('It must have at most 10 values.');
  expect(() => seeds('1,')).toThrow('This is not a number.');
  expect(() => seeds('1,-2')).toThrow('It must be at least 0.');
  const sheet = textIn(csvOptionsSchema.shape.sheet.unwrap());
  expect(sheet('Sheet 2')).toBe('Sheet 2');
  expect(() => sheet('x'.repeat(201))).toThrow('It must have at most 200 characters.');
});

test('targets are listed by name, or given as “all”', () => {
  expect(targetsIn('q,v')).toEqual(['q', 'v']);
  expect(targetsIn('all')).toEqual(['q', 'k', 'v', 'o', 'gate', 'up', 'down']);
  expect(() => targetsIn('q,w')).toThrow('Choose one of: q, k, v');
  // Regression: a run on `q,q` was told, counted and kept as one on two matrices of a layer.
  expect(trainOptionsSchema.shape.targets.parse(targetsIn('q,v,q'))).toEqual(['q', 'v']);
});

test('a mapping may be one argument or several, and a column name may contain a comma', () => {
  expect(mappingIn('context=Text,target=Kurz')).toEqual({ context: 'Text', target: 'Kurz' });
  expect(mappingIn('target=Kurz', mappingIn('context=Text'))).toEqual({ context: 'Text', target: 'Kurz' });
  expect(mappingIn('context=Name, first')).toEqual({ context: 'Name, first' });
  expect(mappingIn('context=Title,context=Body', mappingIn('context=Brand'))).toEqual({
    ...{ context: 'Brand', context2: 'Title', context3: 'Body' },
  });
  expect(mappingIn('target=Date,context=Text,target=Sum')).toEqual({ target: 'Date', target2: 'Sum', context: 'Text' });
  const many = Array.from({ length: 21 }, (_, n) => `context=${n}`).join(',');
  expect(() => mappingIn(many)).toThrow('At most 20 columns');
  expect(() => mappingIn('context=Brand,context=Title,context=Brand')).toThrow('“Brand” is given twice for context.');
  expect(() => mappingIn('context')).toThrow('FIELD=COLUMN');
});

test('an adapter name may be followed by a strength', () => {
  expect(adapterIn('law')).toEqual({ name: 'law', strength: 1 });
  expect(adapterIn('law:0.5')).toEqual({ name: 'law', strength: 0.5 });
  expect(adapterIn('law:v2')).toEqual({ name: 'law:v2', strength: 1 });
  expect(adapterIn('law:-1')).toEqual({ name: 'law', strength: -1 });
  expect(() => adapterIn('law:3')).toThrow('from -2 to 2');
  expect(() => adapterIn('law:-2.5')).toThrow('from -2 to 2');
});

test('a delimiter is given as characters or by name', () => {
  expect(delimiterIn(';')).toBe(';');
  expect(delimiterIn('tab')).toBe('\t');
  expect(delimiterIn('||')).toBe('||');
  expect(() => delimiterIn('')).toThrow('one character');
});

test('only the words yes and no are accepted', () => {
  expect(yesOrNo('no')).toBe(false);
  expect(() => yesOrNo('true')).toThrow('yes or no');
});

test('an option given twice keeps both values', () => {
  const stop = collectIn(samplingSchema.shape.stop);
  expect(stop('b', stop('a'))).toEqual(['a', 'b']);
  expect(() => stop('i', Array(mostStops).fill('a'))).toThrow(`It must have at most ${mostStops} values.`);
});
