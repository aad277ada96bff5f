import { expect, test } from 'vitest';
import { jsonGrammar } from './json.ts';
import { holds } from './written.ts';

test.each([
  [
    'date',
    ['2024-02-29', '2000-02-29', '2023-12-31'],
    ['2023-02-29', '1900-02-29', '2023-04-31', '2023-13-01', '0000-01-01'],
  ],
  ['time', ['00:00:00Z', '23:59:59.123+09:00'], ['24:00:00Z', '12:60:00Z', '12:00:00', '12:00Z']],
  ['date-time', ['2024-02-29T23:59:59Z'], ['2024-02-29', '2024-02-29 23:59:59Z', '2023-02-29T00:00:00Z']],
  ['duration', ['P1D', 'PT5M', 'P3W', 'P1Y2M3DT4H5M6S'], ['P', 'PT', 'P1DT', '1D', 'P1S']],
  [
    'email',
    ['a@b.co', 'first.last+tag@sub.example.com'],
    ['a', 'a@b', '.a@b.co', 'a..b@c.de', 'a@-b.co', `${'a'.repeat(65)}@b.co`],
  ],
  ['hostname', ['a', 'a-b.example'], ['', '-a', 'a-', 'a..b', 'a_b']],
  ['ipv4', ['0.0.0.0', '255.1.20.3'], ['256.1.1.1', '01.1.1.1', '1.1.1']],
  [
    'ipv6',
    ['::', '::1', '1::', 'fe80::1:2', '1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7::'],
    ['1:2:3:4:5:6:7', '1::2::3', ':::', '12345::'],
  ],
  [
    'uri',
    ['https://example.com:8080/a/b?c=d#e', 'mailto:a@b.c', 'urn:isbn:1'],
    ['example.com', '/a', 'http://', 'http://a b'],
  ],
  ['uuid', ['123e4567-e89b-12d3-a456-426614174000'], ['123e4567e89b12d3a456426614174000', '123e4567']],
  ['uuid4', ['123e4567-e89b-42d3-a456-426614174000'], ['123e4567-e89b-12d3-a456-426614174000']],
  ['json-pointer', ['', '/a/b~0~1'], ['a', '/~2']],
  ['base64', ['', 'YWJj', 'YQ=='], ['YQ=', 'Y', 'YQ==YQ==']],
] as const)('a %s', (format, good, bad) => {
  const grammar = jsonGrammar({ type: 'string', format });
  expect(good.filter((text) => !holds(grammar, text))).toEqual([]);
  expect(bad.filter((text) => holds(grammar, text))).toEqual([]);
});

test('a format that says nothing of the text limits nothing', () => {
  expect(holds(jsonGrammar({ type: 'string', format: 'password' }), 'any text')).toBe(true);
  expect(() => jsonGrammar({ type: 'string', format: 'regex' })).toThrow(
    expect.objectContaining({ keyword: 'format' }),
  );
});
