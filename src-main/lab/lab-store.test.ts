import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { LabCell } from '../../src-contract/lab.ts';
import { openDatabase } from '../database/open.ts';
import { ProcessLock } from '../database/process-lock.ts';
import { JobStore } from '../jobs/job-store.ts';
import { LabStore, type NewExperiment } from './lab-store.ts';

const trained: LabCell = { key: 'trained', values: { rank: 8 }, timings: {} };
const mapOf = (layer: number): LabCell => ({ key: `q ${layer}`, values: { layer }, timings: {}, map: [[0.5, layer]] });

const experiment: NewExperiment = {
  ...{ kind: 'fig3', baseModelId: 'b', datasetId: null, repeatOf: null, total: 9 },
  // Sound: the store only keeps them.
  ...{ options: {} as NewExperiment['options'], facts: {} as NewExperiment['facts'] },
};

// Regression: to show nine cards, the lab read the parts and heat maps of every experiment: a hundred of them took half a second.
test('a list of experiments counts their parts; one has them, without the heat maps that are read by layer', () => {
  const folder = mkdtempSync(join(tmpdir(), 'studio-lab-'));
  const lock = new ProcessLock(folder);
  const database = openDatabase(':memory:');
  const lab = new LabStore(database, new JobStore(database, lock));
  const { id } = lab.insert(experiment, 0);
  for (const cell of [trained, mapOf(0), mapOf(1)]) lab.addCell(id, cell);

  const [listed] = lab.list();
  expect(listed).toMatchObject({ id, done: 3, total: 9 });
  expect(listed).not.toHaveProperty('cells');
  const [first, second] = [mapOf(0), mapOf(1)].map(({ map: _, ...cell }) => cell);
  expect(lab.get(id).cells).toEqual([trained, first, second]);
  expect(lab.maps(id, 1)).toEqual([mapOf(1)]);
  expect(lab.maps(id)).toEqual([mapOf(0), mapOf(1)]);

  database.close();
  lock.release();
  rmSync(folder, { recursive: true, force: true });
});
