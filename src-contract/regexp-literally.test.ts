import { expect, test } from 'vitest';
import { literally } from './regexp-literally.ts';

test('a text is found as it is, whatever its signs mean in a pattern', () => {
  const text = 'a.b*c+d?e^f$g(h)i[j]k{2}l|m\\n/o-p-가';
  for (const flags of ['', 'u', 'iu', 'v']) {
    expect(new RegExp(`^${literally(text)}$`, flags).test(text)).toBe(true);
    expect(new RegExp(`^${literally('a.c')}$`, flags).test('abc')).toBe(false);
  }
  for (const sign of '.*+?^$()[]{}|\\/-') {
    expect(new RegExp(`^[a${literally(sign)}c]+$`).test(`a${sign}c`)).toBe(true);
    expect(new RegExp(`^[a${literally(sign)}c]+$`).test('b')).toBe(false);
  }
});
