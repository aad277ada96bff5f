import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { pipDownload } from './pip-download.ts';

// Regression: a pip.py beside a table that was opened with the studio was run as pip.
test.skipIf(process.platform === 'win32')(
  'pip runs in no folder in which somebody else may have put modules',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pip-download-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const [bin, told] = [join(folder, 'bin'), join(folder, 'told')];
    mkdirSync(bin);
    writeFileSync(join(bin, 'python3'), '#!/bin/sh\npwd -P > "$TOLD"\n', { mode: 0o755 });
    const environment = { PATH: bin, TOLD: told };
    await pipDownload({ package: 'a', version: '1' }, folder, { environment, signal: new AbortController().signal });
    expect(readFileSync(told, 'utf8').trim()).toBe(realpathSync(dirname(process.execPath)));
  },
);
