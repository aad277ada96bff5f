import type { ContractRouterClient } from '@orpc/contract';
import { createRouterClient } from '@orpc/server';
import type { Contract } from '../../../src-contract/contract.ts';
import { createApp } from '../../app.ts';
import { startEngineChild } from '../engine-child.ts';
import { EngineSettingsFile } from '../engine-settings.ts';
import { superviseEngine } from '../supervised-engine.ts';
import type { Installation } from './installation.ts';

export type StudioClient = ContractRouterClient<Contract>;

export interface Studio {
  readonly client: StudioClient;
  close(): Promise<void>;
}

/** Opens the studio inside this process: the engine runs in its own, the router is called directly. */
export async function openStudio(options: {
  dataDir: string;
  installation: Installation;
  /** A backup to create the data folder from. */
  restoreFrom?: string;
}): Promise<Studio> {
  const { dataDir, installation, restoreFrom } = options;
  const engineSettings = new EngineSettingsFile(dataDir);
  const { engine, stop } = superviseEngine(() =>
    startEngineChild(installation.engineEntry, engineSettings.environment()),
  );
  try {
    const app = await createApp({
      dataDir,
      resourcesDir: installation.resourcesDir,
      engine,
      engineSettings,
      restoreFrom,
    });
    return {
      client: createRouterClient(app.router, { context: { caller: 'trusted' } }),
      async close() {
        // The engine last: a run writes its checkpoint through it.
        await app.close();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
