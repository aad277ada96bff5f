import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readCompany, writeCompany } from './company.ts';

test('trainings that begin together have one name, and one that has not begun has none', async () => {
  const [one, two] = [temporary(), temporary()];
  expect(await readCompany(one)).toBeUndefined();
  await writeCompany([one, two]);
  expect(await readCompany(one)).toMatch(/^[0-9a-f-]{36}$/);
  expect(await readCompany(two)).toBe(await readCompany(one));
});

// A training that was broken off in a company went on in another, and so to other last digits.
test('a name that cannot be read is not taken for none', async () => {
  const folder = temporary();
  mkdirSync(join(folder, 'company'));
  await expect(readCompany(folder)).rejects.toMatchObject({ code: 'EISDIR' });
});

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'company-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
