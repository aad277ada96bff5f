import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';
import { startLocalHub } from '../fixtures/local-hub.ts';
import { openStudioForTests } from './opened-studio.ts';

/** A studio in a browser, and the hub on this machine that it asks. Both end with the tests of the file. */
export async function openStudioWithHub(repositories: Parameters<typeof startLocalHub>[0]) {
  const hub = await startLocalHub(repositories);
  const cache = mkdtempSync(path.join(tmpdir(), 'adapter-studio-hub-'));
  const opened = openStudioForTests({ env: { HF_ENDPOINT: hub.address, HF_HOME: cache } });
  afterAll(async () => {
    await hub.stop();
    rmSync(cache, { recursive: true });
  });
  return { hub, opened };
}
