import { availableParallelism, totalmem } from 'node:os';
import { type EventPublisher, implement } from '@orpc/server';
import type { CallerContext } from '../../src-contract/caller.ts';
import { contract } from '../../src-contract/contract.ts';
import { StudioError } from '../../src-contract/errors.ts';
import type { ChangeEvent, EngineSettings, StudioStatus } from '../../src-contract/studio.ts';
import { backUpDataFolder } from '../data-folder/data-folder-store.ts';
import type { DeviceFacts, Engine } from '../engine/engine.ts';
import { diagnosticsText } from './diagnostics.ts';

/** Where a host keeps what the engine is started with. */
export interface EngineSettingsKeeper {
  read(): EngineSettings;
  write(settings: EngineSettings): void;
  /** The device that the environment names, which takes precedence over the setting. */
  environmentDevice(): string | null;
}

export function studioProcedures(studio: {
  version: string;
  dataFolder: string;
  canChoosePath: boolean;
  engine: Engine;
  changes: EventPublisher<{ change: ChangeEvent }>;
  engineSettings: EngineSettingsKeeper | undefined;
  /** The facts counted in the diagnostics. */
  facts: () => Omit<Parameters<typeof diagnosticsText>[0], 'version' | 'device'>;
  counts: () => { datasets: number; running: number; adapters: number };
  /** The run or evaluation in progress. */
  jobs: () => StudioStatus['jobs'];
}) {
  const os = implement(contract.studio).$context<CallerContext>();
  let device: Promise<DeviceFacts> | undefined;
  const askDevice = () => {
    device ??= studio.engine.device();
    // A failure is not cached: the engine may be restarting.
    device.catch(() => {
      device = undefined;
    });
    return device;
  };
  let engineBytes = 0;
  /** Asks again on each call, but returns the last answer: in the middle of a pass an engine answers late. */
  const askEngineBytes = () => {
    studio.engine
      .memory()
      .then(({ pid, rssBytes }) => {
        engineBytes = pid === process.pid ? 0 : rssBytes;
      })
      .catch(() => {
        engineBytes = 0;
      });
    return engineBytes;
  };
  const settings = () => ({
    ...(studio.engineSettings?.read() ?? { threads: null, device: 'cpu' as const }),
    cores: availableParallelism(),
    environmentDevice: studio.engineSettings?.environmentDevice() ?? null,
  });
  return os.router({
    settings: os.settings.handler(settings),
    set: os.set.handler(({ input }) => {
      studio.engineSettings?.write(input);
      studio.changes.publish('change', { noun: 'status' });
      return settings();
    }),
    devices: os.devices.handler(() => studio.engine.devices()),
    diagnostics: os.diagnostics.handler(async () => {
      const text = diagnosticsText({ ...studio.facts(), version: studio.version, device: await askDevice() });
      return { name: 'adapter-studio-facts.md', text };
    }),
    backup: os.backup.handler(async function* ({ input, context, signal = new AbortController().signal }) {
      if (context.caller === 'page') throw new StudioError('NOT_ALLOWED', {});
      const { dataFolder: dataDir, version } = studio;
      yield* backUpDataFolder({ dataDir, out: input.out, version, now: Date.now() }, signal);
    }),
    status: os.status.handler(async () => {
      const { device, threads } = await askDevice();
      return {
        ...{ version: studio.version, device, threads, dataFolder: studio.dataFolder, jobs: studio.jobs() },
        canChoosePath: studio.canChoosePath,
        rssBytes: process.memoryUsage.rss() + askEngineBytes(),
        totalMemoryBytes: totalmem(),
      };
    }),
    counts: os.counts.handler(studio.counts),
    // Subscribed before the answer, not when its first event is asked for: nothing is missed in between.
    changes: os.changes.handler(({ signal }) => untilLeft(studio.changes.subscribe('change', { signal }), signal)),
  });
}

/** The publisher reports an abort by throwing; to a client that left, it is simply the end. */
async function* untilLeft<Event>(events: AsyncIterable<Event>, signal: AbortSignal | undefined): AsyncGenerator<Event> {
  try {
    yield* events;
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
}
