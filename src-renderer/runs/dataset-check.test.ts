import { beforeEach, expect, test, vi } from 'vitest';
import type { Dataset } from '../../src-contract/dataset.ts';
import type { FindingReport } from '../../src-contract/finding.ts';
import { client } from '../client.ts';
import { DatasetCheck } from './dataset-check.svelte.ts';

// The fake replaces the studio, at the renderer's edge.
vi.mock('../client.ts', () => ({ client: { findings: { report: vi.fn(), check: vi.fn(), doubts: vi.fn() } } }));

// Sound here, as below: nothing else of it is read.
const talks = { id: 't', version: 2, rows: 100 } as Dataset;

beforeEach(() => {
  vi.clearAllMocks();
  vi.mocked(client.findings.report).mockResolvedValue(null);
  vi.mocked(client.findings.doubts).mockResolvedValue({ doubts: [], checked: 0, rows: 0 });
  vi.mocked(client.findings.check).mockImplementation(async () => finished(report({})) as never);
});

test('tells what makes a result wrong, however rare, and what often hurts if it is frequent', async () => {
  const findings = [
    { code: 'LEAK_ROW', severity: 'bad', rows: 1 },
    { code: 'TARGETS_DIFFER', severity: 'warn', rows: 10 },
    { code: 'DUPLICATE_ROW', severity: 'warn', rows: 9 },
    { code: 'DUPLICATE_NEAR', severity: 'note', rows: 90 },
  ] as FindingReport['findings'];
  const doubts = [{ code: 'ONE_TARGET', share: 95, text: 'no' }] as const;
  vi.mocked(client.findings.report).mockResolvedValue(report({ findings, doubts: [...doubts] }));
  const check = await looked(talks);
  expect(check.serious.map(({ code }) => code)).toEqual(['LEAK_ROW', 'TARGETS_DIFFER']);
  expect(check.doubts).toEqual(doubts);
  expect(client.findings.check).not.toHaveBeenCalled();
});

test('a few rows that were not checked as they are now are checked; many are only said to be unchecked', async () => {
  vi.mocked(client.findings.report).mockResolvedValue(report({ version: 1 }));
  expect((await looked(talks)).isUnchecked).toBe(false);
  expect(client.findings.check).toHaveBeenCalledOnce();
  expect((await looked({ ...talks, rows: 2001 })).isUnchecked).toBe(true);
  expect(client.findings.check).toHaveBeenCalledOnce();
});

test('of many rows that were not checked, what some of them tell is told, and how many they are', async () => {
  const doubts = [{ code: 'TARGET_GIVEN' as const, share: 100 }];
  vi.mocked(client.findings.doubts).mockResolvedValue({ doubts, checked: 2000, rows: 9000 });
  const check = await looked({ ...talks, rows: 9000 });
  expect([check.doubts, check.sampled, check.isUnchecked]).toEqual([doubts, 2000, true]);
  expect((await looked(talks)).sampled).toBeUndefined();
});

test('what is found of a dataset is not told of the one chosen meanwhile', async () => {
  const late = Promise.withResolvers<FindingReport>();
  vi.mocked(client.findings.report).mockReturnValueOnce(late.promise);
  const check = new DatasetCheck();
  const first = check.look(talks);
  await check.look({ ...talks, id: 'other' });
  late.resolve(report({ doubts: [{ code: 'TARGET_GIVEN', share: 100 }] }));
  await first;
  expect(check.doubts).toEqual([]);
});

async function looked(dataset: Dataset): Promise<DatasetCheck> {
  const check = new DatasetCheck();
  await check.look(dataset);
  return check;
}

function report(told: Partial<FindingReport>): FindingReport {
  return { version: 2, rows: 100, flagged: 0, findings: [], doubts: [], limits: [], seconds: 0, ...told };
}

async function* finished(report: FindingReport) {
  yield { kind: 'finished', report };
}
