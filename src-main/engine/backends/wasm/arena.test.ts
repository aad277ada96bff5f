import { expect, test } from 'vitest';
import { Random } from '../../random.ts';
import { Arena } from './arena.ts';

test('allocations are aligned, do not overlap and can be reused once given back', () => {
  const arena = new Arena(4096, 4096 + 100_000);
  const random = new Random(1);
  const given = new Map<number, number>();
  for (let i = 0; i < 2000; i++) {
    const some = [...given.keys()][Math.floor(random.uniform() * given.size)];
    if (some !== undefined && random.uniform() < 0.5) {
      arena.give(some);
      given.delete(some);
      continue;
    }
    const bytes = 1 + Math.floor(random.uniform() * 5000);
    const start = arena.take(bytes);
    if (start === undefined) continue;
    expect(start % 16).toBe(0);
    for (const [other, length] of given) expect(start + bytes <= other || other + length <= start).toBe(true);
    given.set(start, bytes);
    expect(arena.reach).toBeGreaterThanOrEqual(start + bytes);
  }
  for (const start of given.keys()) arena.give(start);
  expect(arena.take(99_000)).toBe(4096);
  expect(arena.take(2000)).toBeUndefined();
  expect(() => arena.give(12)).toThrow('Nothing was taken at 12');
});
