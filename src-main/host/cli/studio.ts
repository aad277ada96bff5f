import { Worker } from 'node:worker_threads';
import type { ContractRouterClient } from '@orpc/contract';
import { createRouterClient } from '@orpc/server';
import type { Contract } from '../../../src-contract/contract.ts';
import { StudioError } from '../../../src-contract/errors.ts';
import { createApp } from '../../app.ts';
import { connectEngine } from '../../engine/engine-port.ts';
import type { Installation } from './installation.ts';

export type StudioClient = ContractRouterClient<Contract>;

export interface Studio {
  readonly client: StudioClient;
  /** Rejects when the engine's thread dies; never resolves. */
  readonly broken: Promise<never>;
  close(): Promise<void>;
}

/** Opens the studio inside this process: the engine in a thread of its own, the router called directly. */
export async function openStudio(options: { dataDir: string; installation: Installation }): Promise<Studio> {
  const { dataDir, installation } = options;
  const worker = new Worker(installation.engineEntry);
  let closing = false;
  const broken = new Promise<never>((_, reject) => {
    const stopped = (reason: string) => closing || reject(new StudioError('ENGINE_STOPPED', { reason }));
    worker.once('error', (error) => stopped(error instanceof Error ? error.message : String(error)));
    worker.once('exit', (code) => stopped(`its thread ended with status ${code}`));
  });
  // Nobody may be listening yet when it breaks; whoever races with it later still sees the rejection.
  broken.catch(() => {});
  try {
    const engine = connectEngine(worker);
    const app = await Promise.race([createApp({ dataDir, resourcesDir: installation.resourcesDir, engine }), broken]);
    const client: StudioClient = createRouterClient(app.router, { context: { caller: 'trusted' } });
    return {
      client,
      broken,
      async close() {
        closing = true;
        await app.close();
        await worker.terminate();
      },
    };
  } catch (error) {
    closing = true;
    await worker.terminate();
    throw error;
  }
}
