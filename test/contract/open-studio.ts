import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import type { ContractRouterClient } from '@orpc/contract';
import { RPCHandler } from '@orpc/server/message-port';
import type { CallerContext } from '../../src-contract/caller.ts';
import type { Contract } from '../../src-contract/contract.ts';
import { createApp } from '../../src-main/app.ts';
import { startEngineChild } from '../../src-main/host/engine-child.ts';
import { superviseEngine } from '../../src-main/host/supervised-engine.ts';

export interface OpenStudio {
  readonly client: ContractRouterClient<Contract>;
  readonly dataDir: string;
  close(): Promise<void>;
}

/**
 * The studio as the desktop window has it: the same router, a real engine process, and a real message port in between.
 */
export async function openStudio(): Promise<OpenStudio> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'adapter-studio-contract-'));
  const engineEntry = new URL('../../src-main/engine/engine-process.ts', import.meta.url);
  const { engine, stop } = superviseEngine(() => startEngineChild(engineEntry, process.env));
  const resourcesDir = path.join(import.meta.dirname, '../../resources');
  const app = await createApp({ dataDir, resourcesDir, engine });
  const { port1, port2 } = new MessageChannel();
  new RPCHandler<CallerContext>(app.router).upgrade(port1, { context: { caller: 'page' } });
  port1.start();
  port2.start();
  return {
    client: createORPCClient(new RPCLink({ port: port2 })),
    dataDir,
    async close() {
      port2.close();
      await app.close();
      await stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
