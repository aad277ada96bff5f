import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { copyRunTokens } from './token-files.ts';

// Regression: a resumed run had its rows drawn and written anew.
test('unreadable token files are not treated as missing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'token-files-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'to/tokens.json'), { recursive: true });
  await expect(copyRunTokens(join(folder, 'from'), join(folder, 'to'))).rejects.toMatchObject({ code: 'EISDIR' });
});
