import { expect, test } from 'vitest';
import { newId } from '../database/new-id.ts';
import { isOwnName } from './own-name.ts';

test('recognises the studio’s own names, and no others', () => {
  const [id, other] = [newId(), newId()];
  for (const name of [id, `${id}-${other}`, `${id}.partial`, `${id}.0123456789abcdef.partial`, `.${id}.sent.partial`]) {
    expect(isOwnName(name)).toBe(true);
  }
  // Of a clock before 1970.
  expect(isOwnName(newId(-86_400_000))).toBe(true);
  for (const name of ['', 'my-lora', 'my.partial', `${id}x`, `${id} copy`, `${id}.zip`, `my-${id}`, id.toUpperCase()]) {
    expect(isOwnName(name)).toBe(false);
  }
});

test('tells names from before a given time from later ones', () => {
  expect(isOwnName(newId(1_000), 1_000)).toBe(true);
  expect(isOwnName(`${newId(999)}.partial`, 1_000)).toBe(false);
});
