import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { beforeStatement } from '../../../test/fixtures/before-statement.ts';
import { DatasetFolder, type GivenRow } from '../../../test/fixtures/dataset-folder.ts';
import { openDatabase } from '../../database/open.ts';
import { openRowsFile } from '../../database/rows-file.ts';
import { GroupSearch } from '../rows/row-groups.ts';
import { dealDataset, dealSplits } from '../splits/deal-splits.ts';
import { splitOf } from '../splits/split.ts';
import { compareVersions } from './compare-versions.ts';
import { expandedLength, previewReplace, replaceText } from './replace-text.ts';
import { VersionChange } from './version-change-store.ts';
import { VersionRows } from './version-rows-store.ts';

let given: DatasetFolder;
beforeEach(() => {
  given = new DatasetFolder();
});
afterEach(() => given.close());

const abc: readonly GivenRow[] = [
  { context: 'a', target: '1' },
  { context: 'b', target: '2', split: 'test' },
  { context: 'c', target: '3' },
];

test('editing a cell makes a new version and leaves the previous one readable as it was', async () => {
  const { id, sha256 } = given.make(abc);
  const after = await given.changes.edit(id, { position: 1, content: { target: 'two' } });
  expect(after).toMatchObject({ version: 2, rows: 3, splits: { train: 2, validation: 0, test: 1 } });
  expect(after.sha256).not.toBe(sha256);
  expect(given.shown(id)).toEqual(['t a=1', 't b=two', 't c=3']);
  expect(given.shown(id, 1)).toEqual(['t a=1', 't b=2', 't c=3']);
  expect(given.store.example(id, 'r1')).toMatchObject({ position: 1, target: 'two', split: 'test', line: 3 });
});

test('the hash depends on the rows alone, not on how they came about', async () => {
  const { id, sha256 } = given.make(abc);
  const later = given.make(abc.map((row) => (row.context === 'b' ? { ...row, context: 'B' } : row)));
  const edited = await given.changes.edit(id, { position: 1, content: { context: 'B' } });
  expect(edited.sha256).toBe(later.sha256);
  const back = await given.changes.edit(id, { position: 1, content: { context: 'b' } });
  expect(back.sha256).toBe(sha256);
  expect(given.store.version(id, 3)).toMatchObject({ sameAs: 1 });
  const removed = await given.changes.remove(id, [0, 2]);
  expect(removed.sha256).toBe(given.make(abc.slice(1, 2)).sha256);
  const none = await given.changes.remove(id, [1]);
  expect(none).toMatchObject({ rows: 0, sha256: given.make([]).sha256 });
  const again = await given.changes.add(id, {
    content: { context: 'a', target: '1', group: null, database: null },
    split: 'train',
  });
  expect(again.sha256).toBe(given.make(abc.slice(0, 1)).sha256);
});

test('any sequence of changes gives the same hash as importing its result', async () => {
  let seed = 7;
  const chance = (n: number) => {
    seed = (seed * 48271) % 2147483647;
    return seed % n;
  };
  const { id } = given.make(
    Array.from({ length: 40 }, (_, row) => ({ context: `row ${row}`, group: row % 3 ? 'g' : null })),
  );
  const splits = ['train', 'validation', 'test'] as const;
  for (let round = 0; round < 25; round++) {
    const places = Array.from({ length: 1 + chance(5) }, () => chance(45));
    const what = chance(5);
    const split = splits[chance(3)] ?? 'train';
    if (what === 0) await given.changes.remove(id, places);
    else if (what === 1)
      await given.changes.add(id, {
        content: { context: `new ${round}`, target: 'y', group: null, database: null },
        split,
      });
    else if (what === 2) await given.changes.moveTo(id, places, split);
    else if (what === 3) await given.changes.bringBack(id, 'undo');
    else await given.changes.edit(id, { position: places[0] ?? 0, content: { target: `edit ${round}` } });
    const same = given.make([...given.store.examples(id)]);
    expect(given.store.get(id)).toMatchObject({ sha256: same.sha256, splits: same.splits, rows: same.rows });
  }
});

test('undo and redo go back and forth, and a new change clears what could be redone', async () => {
  const { id, sha256 } = given.make(abc);
  await given.changes.edit(id, { position: 0, content: { target: 'x' } });
  await given.changes.remove(id, [2]);
  const states = [
    ['t a=1', 't b=2', 't c=3'],
    ['t a=x', 't b=2', 't c=3'],
    ['t a=x', 't b=2'],
  ];
  expect(given.shown(id)).toEqual(states[2]);
  await given.changes.bringBack(id, 'undo');
  expect(given.shown(id)).toEqual(states[1]);
  const first = await given.changes.bringBack(id, 'undo');
  expect(given.shown(id)).toEqual(states[0]);
  expect(first).toMatchObject({ version: 5, sha256 });
  expect((await given.changes.bringBack(id, 'undo')).version).toBe(5);
  await given.changes.bringBack(id, 'redo');
  expect(given.shown(id)).toEqual(states[1]);
  await given.changes.bringBack(id, 'redo');
  expect(given.shown(id)).toEqual(states[2]);
  await given.changes.bringBack(id, 'undo');
  await given.changes.edit(id, { position: 1, content: { target: 'y' } });
  expect(given.store.rows(id).head()).toMatchObject({ redoTo: null });
  await given.changes.bringBack(id, 'undo');
  expect(given.shown(id)).toEqual(states[1]);
});

test('an earlier version is restored as a new one, without rows added since', async () => {
  const { id, sha256 } = given.make(abc);
  await given.changes.add(id, { content: { context: 'd', target: '4', group: null, database: null }, split: 'train' });
  await given.changes.remove(id, [0]);
  expect(given.shown(id)).toEqual(['t b=2', 't c=3', 't d=4']);
  const back = await given.changes.bringBack(id, { version: 1 });
  expect(back).toMatchObject({ version: 4, sha256, rows: 3 });
  expect(given.shown(id)).toEqual(['t a=1', 't b=2', 't c=3']);
  await given.changes.bringBack(id, 'undo');
  expect(given.shown(id)).toEqual(['t b=2', 't c=3', 't d=4']);
  await expect(given.changes.bringBack(id, { version: 99 })).rejects.toMatchObject({ code: 'OPTION_INVALID' });
});

test('a change without effect makes no version, and a failed one leaves nothing behind', async () => {
  const { id } = given.make(abc);
  expect((await given.changes.edit(id, { position: 0, content: { target: '1' } })).version).toBe(1);
  expect((await given.changes.remove(id, [77])).version).toBe(1);
  const failing = given.changes.apply({ id, kind: 'delete' }, function* (change) {
    change.remove(0);
    yield;
    throw new Error('in the middle');
  });
  await expect(failing).rejects.toThrow('in the middle');
  expect(given.shown(id)).toEqual(['t a=1', 't b=2', 't c=3']);
  expect((await given.changes.remove(id, [1])).version).toBe(2);
});

test('a change based on an outdated version is refused', async () => {
  const { id } = given.make(abc);
  await given.changes.edit(id, { position: 0, content: { target: 'x' }, version: 1 });
  await expect(given.changes.edit(id, { position: 0, content: { target: 'y' }, version: 1 })).rejects.toMatchObject({
    code: 'DATASET_CHANGED',
  });
  // Regression: a row held out meanwhile could be added again, as a training row.
  const content = { context: 'a', target: '1', group: null, database: null };
  await expect(given.changes.add(id, { content, split: 'train', version: 1 })).rejects.toMatchObject({
    code: 'DATASET_CHANGED',
  });
});

test('a change reports the version it made, or none if it had no effect', async () => {
  const { id } = given.make(abc);
  const edit = { position: 0, content: { target: 'x' } };
  const [edited, again, undone, nothingToUndo] = await Promise.all([
    given.changes.edit(id, edit),
    given.changes.edit(id, edit),
    given.changes.bringBack(id, 'undo'),
    given.changes.bringBack(id, 'undo'),
  ]);
  expect([edited.made, again.made, undone.made, nothingToUndo.made]).toEqual([2, null, 3, null]);
  expect([again.version, nothingToUndo.version]).toEqual([2, 3]);
});

// Regression: undoing from the first of two notices reverted the second change.
test('an undo that names a version reverts that change and no other', async () => {
  const { id } = given.make(abc);
  const { version } = await given.changes.remove(id, [0]);
  // Requested while another change is in progress: what counts is the version found when its turn comes.
  const [, undone] = await Promise.allSettled([
    given.changes.remove(id, [1]),
    given.changes.bringBack(id, 'undo', version),
  ]);
  expect(undone).toMatchObject({ status: 'rejected', reason: { code: 'DATASET_CHANGED', data: { dataset: 'given' } } });
  expect(given.shown(id)).toEqual(['t c=3']);
  const last = await given.changes.bringBack(id, 'undo', version + 1);
  expect(given.shown(id)).toEqual(['t b=2', 't c=3']);
  await expect(given.changes.bringBack(id, 'undo', version)).rejects.toMatchObject({ code: 'DATASET_CHANGED' });
  expect(given.store.get(id).version).toBe(last.version);
});

test('two versions are compared row by row', async () => {
  const { id } = given.make(abc);
  await given.changes.edit(id, { position: 0, content: { target: 'x' } });
  await given.changes.remove(id, [2]);
  await given.changes.moveTo(id, [1], 'validation');
  await given.changes.add(id, { content: { context: 'd', target: '4', group: null, database: null }, split: 'train' });
  const comparison = await compareVersions(given.store.rows(id), { from: 1, to: 5, limit: 10 });
  expect(comparison).toMatchObject({ added: 1, removed: 1, edited: 1, moved: 1 });
  expect(
    comparison.rows.map(({ position, before, after }) => [position, before?.target, after?.target, after?.split]),
  ).toEqual([
    [0, '1', 'x', 'train'],
    [1, '2', '2', 'validation'],
    [2, '3', undefined, undefined],
    [3, undefined, '4', 'train'],
  ]);
});

test('a comparison lists as many rows as fit into one message, and counts all', async () => {
  const long = 'x'.repeat(1024 * 1024);
  const { id } = given.make(Array.from({ length: 12 }, (_, row) => ({ context: `${row}` })));
  for (let position = 0; position < 12; position++) {
    await given.changes.edit(id, { position, content: { target: long } });
  }
  const comparison = await compareVersions(given.store.rows(id), { from: 1, to: 13, limit: 200 });
  expect(comparison).toMatchObject({ edited: 12 });
  expect(comparison.rows).toHaveLength(7);
});

test('text is replaced in all rows, as the preview showed', async () => {
  const { id } = given.make([
    { context: 'Colour, colour' },
    { context: 'none' },
    { context: 'x', target: 'colourful $1' },
  ]);
  const request = {
    ...{ id, search: 'colour', replacement: 'color$', fields: ['context', 'target'] as ('context' | 'target')[] },
    ...{ matchCase: false, isPattern: false },
  };
  const preview = await previewReplace(given.store.examples(id), request);
  expect(preview).toMatchObject({ rows: 2, occurrences: 3 });
  expect(preview.sample[0]).toEqual({
    position: 0,
    field: 'context',
    before: 'Colour, colour',
    after: 'color$, color$',
  });
  await given.changes.apply({ id, kind: 'replace' }, replaceText(given.store.rows(id), request));
  expect(given.shown(id)).toEqual(['t color$, color$=x', 't none=x', 't x=color$ful $1']);
  const pattern = { ...request, search: '(\\w+)\\$', replacement: '<$1>', isPattern: true };
  await given.changes.apply({ id, kind: 'replace' }, replaceText(given.store.rows(id), pattern));
  expect(given.shown(id)[0]).toBe('t <color>, <color>=x');
  await expect(previewReplace([], { ...request, search: '(', isPattern: true })).rejects.toMatchObject({
    code: 'OPTION_INVALID',
  });
});

// Regression: a text with a hyphen was refused as an invalid expression.
test('a text is replaced as it is, whatever its signs mean in an expression', async () => {
  const { id } = given.make([{ context: 'my e-mail (new)? [a/b] at 10.5' }]);
  for (const search of ['e-mail', '(new)?', '[a/b]', '10.5']) {
    const request = { id, search, replacement: '_', fields: ['context' as const], matchCase: false, isPattern: false };
    expect(await previewReplace(given.store.examples(id), request)).toMatchObject({ rows: 1, occurrences: 1 });
  }
});

// Regression: a blank target was left, which the import rejected after an export.
test('a row that a replacement would leave blank is kept and counted', async () => {
  const { id } = given.make([
    { context: 'a b', target: 'a' },
    { context: 'a', target: ' \u200b a' },
    { context: 'a', target: 'a b' },
  ]);
  const request = {
    ...{ id, search: 'a', replacement: ' ', fields: ['context', 'target'] as ('context' | 'target')[] },
    ...{ matchCase: true, isPattern: false },
  };
  expect(await previewReplace(given.store.examples(id), request)).toMatchObject({
    rows: 0,
    occurrences: 0,
    emptied: 3,
  });
  const inTarget = { ...request, fields: ['target' as const] };
  expect(await previewReplace(given.store.examples(id), inTarget)).toMatchObject({
    ...{ rows: 1, occurrences: 1, emptied: 2 },
    sample: [{ position: 2, before: 'a b', after: '  b' }],
  });
  await given.changes.apply({ id, kind: 'replace' }, replaceText(given.store.rows(id), inTarget));
  expect(given.shown(id)).toEqual(['t a b=a', 't a= \u200b a', 't a=  b']);
});

// Regression: the preview runs while an expression is being typed, and this one blocked the whole studio forever.
test('a regular expression with catastrophic backtracking is refused', async () => {
  const { id } = given.make([{ context: `${'abcdefghij'.repeat(6)} and more` }]);
  const request = {
    ...{ id, search: '(\\w+\\s?)+:', replacement: '', fields: ['context' as const], matchCase: true, isPattern: true },
  };
  const refused = { code: 'OPTION_INVALID', data: { because: { code: 'PATTERN_SLOW' } } };
  await expect(previewReplace(given.store.examples(id), request)).rejects.toMatchObject(refused);
  const change = given.changes.apply({ id, kind: 'replace' }, replaceText(given.store.rows(id), request));
  await expect(change).rejects.toMatchObject(refused);
  expect(given.shown(id)).toHaveLength(1);
});

// Regression: the resulting text crashed the studio: 300 million characters, or more than any string can hold.
test.each([
  ['plain text', false, 'b'.repeat(10_000)],
  ['the text before each match', true, '$`$`$`$`$`'],
])('a replacement that makes a text too long is refused with the row number: %s', async (_, isPattern, replacement) => {
  const { id } = given.make([{ context: 'none' }, { context: 'a'.repeat(30_000) }]);
  const request = { ...{ id, search: 'a', replacement, fields: ['context' as const] }, matchCase: true, isPattern };
  const refused = {
    code: 'OPTION_INVALID',
    data: { because: { code: 'ROW_TEXT_TOO_LONG', data: { row: 2, most: 1_048_576 } } },
  };
  await expect(previewReplace(given.store.examples(id), request)).rejects.toMatchObject(refused);
  const change = given.changes.apply({ id, kind: 'replace' }, replaceText(given.store.rows(id), request));
  await expect(change).rejects.toMatchObject(refused);
  expect(given.store.get(id).version).toBe(1);
});

test('a text over the limit may get shorter, but none may grow beyond the limit', async () => {
  const { id } = given.make([{ context: 'ab'.repeat(600_000) }, { context: 'short' }]);
  const request = {
    id,
    search: 'ab',
    replacement: 'a',
    fields: ['context' as const],
    matchCase: true,
    isPattern: false,
  };
  expect((await previewReplace(given.store.examples(id), request)).occurrences).toBe(600_000);
  const edit = (position: number, context: string) => given.changes.edit(id, { position, content: { context } });
  expect((await edit(0, 'ab'.repeat(550_000))).version).toBe(2);
  await expect(edit(1, 'c'.repeat(1_048_577))).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    data: { because: { code: 'ROW_TEXT_TOO_LONG', data: { row: 2, letters: 1_048_577 } } },
  });
  expect((await edit(1, 'c'.repeat(1_048_576))).version).toBe(3);
});

test.each([
  ['plain', /b/g, 'xyz'],
  ['the match and a dollar', /b+/g, '<$&|$$|$>'],
  ['the text before and after the match', /b/g, "$`-$'"],
  ['groups of one and two digits', /(a)(b)(c)?/g, '$1$02$3$4$10$0$00'],
  ['many groups', /(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)/g, '$11$10$1'],
  ['named groups', /(?<first>a)(?<second>b)/gu, '$<second>$<first>$<none>$<'],
  ['names without named groups', /b/g, '$<$`>$<b>'],
])('the computed length of a replacement matches its actual length: %s', (_, pattern, replacement) => {
  const text = 'abcabbc ab abcdefghijkl';
  const lengthOf = expandedLength(replacement);
  let letters = text.length;
  for (const match of text.matchAll(pattern)) letters += lengthOf(match) - match[0].length;
  expect(letters).toBe(text.replace(pattern, replacement).length);
});

test('splits are reassigned by shares, reproducibly for a seed, and groups stay together', async () => {
  const rows = Array.from({ length: 3000 }, (_, row) => ({ context: `row ${row}`, group: `g${row % 1200}` }));
  const { id } = given.make(rows);
  const deal = (seed: number) =>
    given.changes.apply({ id, kind: 'splits' }, (change) =>
      dealSplits(change, given.store.rows(id), { kind: 'shares', validation: 0.2, test: 0.3, seed, together: 'group' }),
    );
  const first = await deal(1);
  // Three standard deviations of 1200 groups at 0.3, with three rows per group, are 143 rows.
  expect(Math.abs(first.splits.test - 900)).toBeLessThan(143);
  expect(Math.abs(first.splits.validation - 600)).toBeLessThan(143);
  const sides = new Map<string | null, Set<string>>();
  for (const { group, split } of given.store.examples(id)) sides.set(group, (sides.get(group) ?? new Set()).add(split));
  expect([...sides.values()].every(({ size }) => size === 1)).toBe(true);
  expect((await deal(2)).sha256).not.toBe(first.sha256);
  expect((await deal(1)).sha256).toBe(first.sha256);
});

test('splits assigned by passage match those of each row as text, even if edited or added', async () => {
  const rows = Array.from({ length: 3000 }, (_, row) => ({
    context: `문서 ${row % 1300} “é”\n\nQuestion: ${row}`,
    group: row % 7 === 0 ? `묶음 ${row}` : null,
  }));
  const { id } = given.make(rows);
  await given.changes.edit(id, { position: 5, content: { context: 'edited' } });
  await given.changes.add(id, {
    content: { context: 'added', target: 'y', group: 'new', database: null },
    split: 'test',
  });
  await given.changes.remove(id, [9]);
  const shares = { validation: 0.2, test: 0.3 };
  const events: string[] = [];
  const by = { kind: 'shares', ...shares, seed: 5, together: 'passage' } as const;
  for await (const event of dealDataset(given, { dataset: given.store.get(id), by })) events.push(event.kind);
  expect(events.at(-1)).toBe('finished');
  const expected = [...given.store.examples(id)].map(({ context, group }) =>
    splitOf(group === null ? `p${context.split('\n\nQuestion: ')[0]}` : `g${group}`, 5, shares),
  );
  expect([...given.store.examples(id)].map(({ split }) => split)).toEqual(expected);
});

test('a cancelled split assignment leaves the splits unchanged', async () => {
  const rows = Array.from({ length: 3000 }, (_, row) => ({ context: `row ${row}` }));
  const dataset = given.make(rows);
  const by = { kind: 'shares', validation: 0.2, test: 0.3, seed: 5, together: 'group' } as const;
  const dealing = dealDataset(given, { dataset, by }, AbortSignal.abort());
  await expect(dealing.next().then(() => dealing.next())).rejects.toMatchObject({ name: 'AbortError' });
  expect(given.store.get(dataset.id)).toEqual(dataset);
});

test('groups can be held out by hand', async () => {
  const { id } = given.make(['a', 'b', 'c', 'a'].map((group, row) => ({ context: `${row}`, group })));
  await given.changes.apply({ id, kind: 'splits' }, (change) =>
    dealSplits(change, given.store.rows(id), { kind: 'groups', validation: ['b'], test: ['a'] }),
  );
  expect([...given.store.examples(id)].map(({ split }) => split)).toEqual(['test', 'validation', 'train', 'test']);
});

test('a search for groups reads the rows once, until they change', async () => {
  const { id } = given.make([
    { context: 'a', group: 'Rhine' },
    { context: 'b', group: 'Elbe' },
  ]);
  const rows = given.store.rows(id);
  const read = vi.spyOn(rows, 'numbersOf');
  const groups = new GroupSearch();
  const list = async (search: string) => {
    const found = await groups.list(given.store.get(id), { search, limit: 9 }, { rows });
    return found.groups.map(({ name }) => name);
  };
  expect(await Promise.all([list('r'), list('rh'), list('e')])).toEqual([['Rhine'], ['Rhine'], ['Rhine', 'Elbe']]);
  expect(read).toHaveBeenCalledTimes(1);
  await given.changes.edit(id, { position: 0, content: { group: 'Oder' } });
  expect(await list('')).toEqual(['Oder', 'Elbe']);
  expect(read).toHaveBeenCalledTimes(2);
});

test('groups are listed by how many rows they have, and found by a part of their name', async () => {
  const groups = ['Rhine', 'Elbe', 'Rhine', 'Moselle', 'Elbe', 'Rhine'];
  const { id } = given.make([
    ...groups.map((group, row) => ({ context: `${row}`, group })),
    { context: 'without a group' },
  ]);
  const list = (search: string, limit: number) =>
    new GroupSearch().list(given.store.get(id), { search, limit }, { rows: given.store.rows(id) });
  expect(await list('', 2)).toEqual({
    total: 3,
    groups: [
      { name: 'Rhine', rows: 3 },
      { name: 'Elbe', rows: 2 },
    ],
  });
  expect(await list('MOS', 2)).toEqual({ total: 1, groups: [{ name: 'Moselle', rows: 1 }] });
});

// Regression: the list told the rows of before until the start after the one that followed its restoring.
test('a deleted dataset is restored with the version that its file has', async () => {
  const { id } = given.make(abc);
  const change = new VersionChange(given.store.rowsFile(id), 'given');
  change.remove(1);
  // Its process ends before it has told the list.
  await change.commit('delete', {}, 1);
  given.store.markDeleted(id, 1);
  expect(await given.store.refreshAll(new AbortController().signal)).toBe(true);
  expect(given.store.restore(id)).toMatchObject({ version: 2, rows: 2 });
});

// Regression: the change was there, but a full disk was told, and the list had the rows of before until the next change.
test('a change that the list has no room for is told, and listed as soon as there is room', async () => {
  const { id } = given.make(abc);
  const database = openDatabase(join(given.folder, 'studio.sqlite'));
  onTestFinished(() => void database.close());
  database.exec("CREATE TRIGGER full BEFORE UPDATE ON dataset BEGIN SELECT RAISE(ABORT, 'full'); END");
  const after = { version: 2, rows: 2, splits: { train: 2, validation: 0, test: 0 } };
  expect(await given.changes.remove(id, [1])).toMatchObject({ ...after, made: 2 });
  expect(given.store.get(id)).toMatchObject(after);
  expect(() => given.store.listUnlisted()).toThrow('full');
  database.exec('DROP TRIGGER full');
  expect([given.store.listUnlisted(), given.store.listUnlisted()]).toEqual([true, false]);
  expect(database.prepare('SELECT version, rows FROM dataset').get()).toEqual({ version: 2, rows: 2 });
  expect((await given.changes.remove(id, [0])).version).toBe(3);
  expect(given.store.list()).toMatchObject([{ version: 3, rows: 1 }]);
});

// Regression: their files stayed open until the studio ended.
test('deleted datasets that a killed process left behind the list are closed after they are read', async () => {
  const { id } = given.make(abc);
  await given.changes.remove(id, [1]);
  given.store.letGo(id);
  given.store.markDeleted(id, 1);
  const database = openDatabase(join(given.folder, 'studio.sqlite'));
  database.exec('UPDATE dataset SET version = 1');
  database.close();
  expect(await given.store.refreshAll(new AbortController().signal)).toBe(true);
  expect(given.store.known(id)).toMatchObject({ version: 2, rows: 2 });
  rmSync(given.store.rowsFile(id));
  expect(() => given.store.rows(id)).toThrow('missing');
});

test('a note stays with its row across versions and makes no new one', async () => {
  const { id } = given.make(abc);
  const rows = given.store.rows(id);
  await given.changes.note(id, { position: 1, text: 'Ask Mina.' });
  const { version } = await given.changes.edit(id, { position: 1, content: { target: 'x' } });
  expect(version).toBe(2);
  expect(rows.notes()).toEqual([{ position: 1, text: 'Ask Mina.', writtenAt: expect.any(Number) }]);
  await given.changes.note(id, { position: 1, text: ' ' });
  expect(rows.notes()).toEqual([]);
});

// Regression: written during a long change, a note blocked everything for five seconds and was lost.
test('a note waits for the change that is being made', async () => {
  const { id } = given.make(abc);
  let note: Promise<void> | undefined;
  await given.changes.apply({ id, kind: 'replace' }, function* (change) {
    note = given.changes.note(id, { position: 1, text: 'Ask Mina.' });
    yield change.edit(0, { target: 'x' });
  });
  await note;
  expect(given.store.rows(id).notes()).toMatchObject([{ position: 1, text: 'Ask Mina.' }]);
  expect(given.shown(id)).toEqual(['t a=x', 't b=2', 't c=3']);
});

test('an edit of a large dataset writes only the pages it changes', async () => {
  const { id } = given.make(
    Array.from({ length: 20_000 }, (_, row) => ({ context: `a row of some length, number ${row}` })),
  );
  await given.changes.edit(id, { position: 4, content: { target: 'y' } });
  await given.changes.remove(id, [19_000]);
  expect(
    given.store
      .rows(id)
      .versions(0, 3)
      .map(({ detail }) => detail),
  ).toEqual([{ removed: 1 }, { position: 4, edited: 1 }, {}]);
  const rows = given.store.rows(id);
  expect(rows.numberEnd()).toBe(20_001);
  expect(rows.pagesChangedBetween(1, 3)).toEqual([0, 4]);
});

// Regression: all positions of the new rows were looked up in one go before they were stored: 1.4 s for 300,000.
test('rows are added without looking for earlier ones at their positions', async () => {
  const { id } = given.make(abc);
  const looked = vi.spyOn(VersionRows.prototype, 'at');
  await given.changes.apply({ id, kind: 'add' }, function* (change) {
    for (let row = 0; row < 100; row++)
      yield change.add({ context: `${row}`, target: 'x', group: null, database: null }, 'train');
  });
  const positions = looked.mock.calls.map(([position]) => position);
  looked.mockRestore();
  expect(positions.length).toBeGreaterThan(0);
  expect(positions.every((position) => position < abc.length)).toBe(true);
  expect(given.store.get(id).rows).toBe(103);
});

// Regression: a full disk was reported as an internal error: SQLite had already rolled back by itself, and the explicit
// rollback failed.
test('a change that SQLite rolls back on its own fails with the cause', async () => {
  const { id } = given.make(abc);
  beforeStatement(
    'INSERT INTO version',
    "CREATE TEMP TRIGGER full BEFORE INSERT ON version BEGIN SELECT RAISE(ROLLBACK, 'no room'); END",
  );
  await expect(given.changes.edit(id, { position: 1, content: { target: 'two' } })).rejects.toThrow('no room');
  expect(given.shown(id)).toEqual(['t a=1', 't b=2', 't c=3']);
});

// Regression: the loop was blocked for five seconds, and then the change was refused.
test('a change waits for that of another process without blocking the event loop', async () => {
  const { id } = given.make(abc);
  const other = openRowsFile(given.store.rowsFile(id), { readonly: false });
  other.exec('BEGIN IMMEDIATE');
  const change = given.changes.edit(id, { position: 1, content: { target: 'two' } });
  const began = performance.now();
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(performance.now() - began).toBeLessThan(3000);
  other.exec('ROLLBACK');
  other.close();
  expect(await change).toMatchObject({ version: 2 });
  expect(given.shown(id)).toEqual(['t a=1', 't b=two', 't c=3']);
});
