import { totalmem } from 'node:os';
import { type EventPublisher, implement } from '@orpc/server';
import type { CallerContext } from '../src-contract/caller.ts';
import { contract } from '../src-contract/contract.ts';
import type { ChangeEvent, StudioStatus } from '../src-contract/studio.ts';
import type { DeviceFacts, Engine } from './engine/engine.ts';

export function studioProcedures(studio: {
  version: string;
  dataFolder: string;
  engine: Engine;
  changes: EventPublisher<{ change: ChangeEvent }>;
  /** The run or evaluation that is going on. */
  job: () => StudioStatus['job'];
}) {
  const os = implement(contract.studio).$context<CallerContext>();
  let device: Promise<DeviceFacts> | undefined;
  const askDevice = () => {
    device ??= studio.engine.device();
    // A failure is asked again: the engine may be starting anew.
    device.catch(() => {
      device = undefined;
    });
    return device;
  };
  return os.router({
    status: os.status.handler(async () => {
      const { device, threads } = await askDevice();
      return {
        ...{ version: studio.version, device, threads, dataFolder: studio.dataFolder, job: studio.job() },
        rssBytes: process.memoryUsage.rss(),
        totalMemoryBytes: totalmem(),
      };
    }),
    changes: os.changes.handler(async function* ({ signal }) {
      try {
        yield* studio.changes.subscribe('change', { signal });
      } catch (error) {
        // The publisher tells an abort by a throw; to a client that left, it is the end.
        if (!signal?.aborted) throw error;
      }
    }),
  });
}
