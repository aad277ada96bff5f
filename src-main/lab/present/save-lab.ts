import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import type { LabCell, LabExperiment, LabView } from '../../../src-contract/lab.ts';
import { makeFolder } from '../../files/make-folder.ts';
import { writeWhole } from '../../files/write-whole.ts';
import { labCsv } from '../lab-csv.ts';
import { captioned } from './drawing.ts';

/**
 * Writes an experiment for other programs: its table of numbers, its pictures, everything as JSON, and the adapters it
 * trained as PEFT folders. Returns the paths.
 */
export async function saveLab(
  { experiment, maps, views, report }: Saved,
  { out, adapters }: { out: string; adapters: ReadonlyMap<string, string> },
): Promise<string[]> {
  makeFolder(out, 'out');
  const files: string[] = [];
  const write = async (name: string, text: string) => {
    const path = join(out, name);
    await writeWhole(path, text);
    files.push(path);
  };
  const csv = labCsv(experiment, { maps, view: views[0] as LabView });
  await write(`${experiment.kind}.csv`, csv.text);
  await write(`${experiment.kind}.json`, `${JSON.stringify({ ...experiment, maps }, null, 1)}\n`);
  for (const view of views) {
    for (const { name, title, svg } of view.pictures)
      await write(`${experiment.kind}-${name}.svg`, captioned(svg, { title, caption: view.caption }));
  }
  await write(`${experiment.kind}.html`, report);
  for (const [key, folder] of adapters) {
    const path = join(out, 'adapters', key.replaceAll(/[^\w.,-]+/g, '-'));
    await cp(folder, path, { recursive: true });
    files.push(path);
  }
  return [...new Set(files)];
}

interface Saved {
  readonly experiment: LabExperiment;
  readonly maps: readonly LabCell[];
  readonly views: readonly LabView[];
  readonly report: string;
}
