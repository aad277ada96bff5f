// The thread that checks the pages of a file for damage, which takes seconds for gigabytes. It gets the file at its
// start, reports what it found, and ends.
import { parentPort, workerData } from 'node:worker_threads';
import { toCarried } from '../../src-contract/carried-error.ts';
import { damageInDatabase } from './open.ts';
import { damageInRows } from './rows-file.ts';

// Sound: `damageIn` in src-main/data-folder/damage.ts starts this file with these fields.
const { what, file } = workerData as { what: 'database' | 'rows'; file: string };
const damage = what === 'rows' ? damageInRows(file) : damageInDatabase(file);
parentPort?.postMessage(damage && toCarried(damage));
