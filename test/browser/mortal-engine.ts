// Loaded into a studio under test (`node --import`): on SIGUSR2 its engine dies from a native crash, whatever it is
// doing. The engine is the studio's child process whose entry is engine-process (src-main/host/engine-child.ts).
import { readFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

if (isMainThread && process.argv[1]?.endsWith('web.js')) {
  process.on('SIGUSR2', () => {
    const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').trim().split(' ');
    for (const child of children) {
      if (readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('engine-process'))
        process.kill(Number(child), 'SIGSEGV');
    }
  });
}
