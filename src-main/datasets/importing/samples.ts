import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type Sample, sampleSchema } from '../../../src-contract/dataset.ts';
import { StudioError } from '../../../src-contract/errors.ts';
import { columnMappingSchema } from '../../../src-contract/task.ts';

/** An entry of `samples.json`: what the page shows, and where the files are, relative to that file. */
const sampleEntrySchema = sampleSchema.extend({
  file: z.string(),
  mapping: columnMappingSchema.optional(),
  /** Folder of SQLite files that the queries run on. */
  databases: z.string().optional(),
});
export type SampleEntry = z.infer<typeof sampleEntrySchema>;

export async function listSamples(folder: string): Promise<SampleEntry[]> {
  const text = await readFile(join(folder, 'samples.json'), 'utf8');
  return z.array(sampleEntrySchema).parse(JSON.parse(text));
}

export function toSample({ name, title, task, rows, licence, generated }: SampleEntry): Sample {
  return { name, title, task, rows, licence, generated };
}

/** Throws FILE_NOT_FOUND. */
export async function findSample(folder: string, name: string): Promise<SampleEntry> {
  const sample = (await listSamples(folder)).find((entry) => entry.name === name);
  if (!sample) throw new StudioError('FILE_NOT_FOUND', { file: name });
  return sample;
}
