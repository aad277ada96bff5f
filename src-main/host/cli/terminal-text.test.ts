import { expect, test } from 'vitest';
import { terminalText } from './terminal-text.ts';

// Regression: a row could set the title of the terminal, clear it, or write to the clipboard.
test.each([
  ['\x1b]52;c;ZWNobyBoaQ==\x07\x1b[2J', '␛]52;c;ZWNobyBoaQ==␇␛[2J'],
  ['\u009b31mred', '\ufffd31mred'],
  ['a\rb\bc\x7f\0', 'a␍b␈c␡␀'],
  ['a\tb\r\n한국 \u202b…\n', 'a\tb\r\n한국 \u202b…\n'],
])('%j is shown on a terminal as %j', (text, shown) => {
  expect(terminalText(text, { isTTY: true })).toBe(shown);
});

test('a file or another program gets every character', () => {
  expect(terminalText('\x1b[2J', {})).toBe('\x1b[2J');
});
