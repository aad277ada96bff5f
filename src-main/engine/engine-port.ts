import type { ChildProcess, Serializable } from 'node:child_process';
import { createORPCClient } from '@orpc/client';
import { RPCLink, type SupportedMessagePort } from '@orpc/client/message-port';
import { ORPCError, os, type RouterClient, type } from '@orpc/server';
import { RPCHandler } from '@orpc/server/message-port';
import { type CarriedError, fromCarried, toCarried } from '../../src-contract/carried-error.ts';
import type { AwaitedEvent } from '../../src-contract/chat.ts';
import { StudioError } from '../../src-contract/errors.ts';
import type {
  AnalyseJob,
  AnalysisEvent,
  Engine,
  GenerateJob,
  LatencyJob,
  MergeEvent,
  MergeJob,
  ScoreJob,
  TokenEvent,
  TrainEvent,
  TrainingMemoryJob,
  TrainJob,
  TrainTogetherEvent,
  TrainTogetherJob,
  UnpackAdapterJob,
  WriteAdapterJob,
} from './engine.ts';

/** What an engine can be reached through: an Electron utility process or a forked one. */
export type EnginePort = SupportedMessagePort;

/** Serves an engine at one end of a port. */
export function serveEngine(engine: Engine, port: EnginePort): void {
  new RPCHandler(engineRouter(engine)).upgrade(port);
}

/** The engine at the other end of a port, as if it were local. */
export function connectEngine(port: EnginePort): Engine {
  const remote: RouterClient<ReturnType<typeof engineRouter>> = createORPCClient(new RPCLink({ port }));
  let jobs = 0;

  /** An abort is a separate message: the job answers it with its last events, which cancelling the call would lose. */
  async function* follow<T>(
    start: (jobId: number) => Promise<AsyncIterable<T>>,
    signal: AbortSignal,
  ): AsyncGenerator<T> {
    const jobId = ++jobs;
    const stop = () => void remote.stop({ jobId }).catch(() => undefined);
    signal.addEventListener('abort', stop, { once: true });
    try {
      const started = start(jobId);
      if (signal.aborted) stop();
      yield* await started;
    } catch (error) {
      throw fromPort(error);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  return {
    device: () => remote.device().catch(rethrow),
    devices: () => remote.devices().catch(rethrow),
    memory: () => remote.memory().catch(rethrow),
    inspect: (modelFolder) => remote.inspect({ modelFolder }).catch(rethrow),
    check: (job) => remote.check(job).catch(rethrow),
    checkKind: (job) => remote.checkKind(job).catch(rethrow),
    partsReadFirst: (job) => remote.partsReadFirst(job).catch(rethrow),
    unpack: (job) => remote.unpack(job).catch(rethrow),
    inspectAdapter: (job) => remote.inspectAdapter(job).catch(rethrow),
    unpackAdapter: (job) => remote.unpackAdapter(job).catch(rethrow),
    trainingMemory: (job) => remote.trainingMemory(job).catch(rethrow),
    answeringMemory: (job) => remote.answeringMemory(job).catch(rethrow),
    train: (job, signal) => follow((jobId) => remote.train({ jobId, job }), signal),
    trainTogether: (job, signal) => follow((jobId) => remote.trainTogether({ jobId, job }), signal),
    merge: (job, signal) => follow((jobId) => remote.merge({ jobId, job }), signal),
    writeAdapter: (job) => remote.writeAdapter(job).catch(rethrow),
    score: (job, signal) => remote.score(job, { signal }).catch(rethrow),
    generate: (job, signal) => follow((jobId) => remote.generate({ jobId, job }), signal),
    analyse: (job, signal) => follow((jobId) => remote.analyse({ jobId, job }), signal),
    latency: (job, signal) => follow((jobId) => remote.latency({ jobId, job }), signal),
  };
}

function engineRouter(engine: Engine) {
  const running = new Map<number, AbortController>();
  /** Stops for jobs that are not known yet: messages may overtake each other. */
  const early = new Set<number>();
  const procedure = os.use(async ({ next }) => {
    try {
      return await next();
    } catch (error) {
      throw toPort(error);
    }
  });

  /** Registered immediately, not at the first event: a stop may come before anyone asks for an event. */
  function run<T>(jobId: number, work: (signal: AbortSignal) => AsyncIterable<T>): AsyncGenerator<T> {
    const controller = new AbortController();
    running.set(jobId, controller);
    if (early.delete(jobId)) controller.abort();
    return events(jobId, work(controller.signal));
  }

  async function* events<T>(jobId: number, source: AsyncIterable<T>): AsyncGenerator<T> {
    try {
      yield* source;
    } catch (error) {
      throw toPort(error);
    } finally {
      running.delete(jobId);
    }
  }

  return {
    device: procedure.handler(() => engine.device()),
    devices: procedure.handler(() => engine.devices()),
    memory: procedure.handler(() => engine.memory()),
    inspect: procedure.input(type<{ modelFolder: string }>()).handler(({ input }) => engine.inspect(input.modelFolder)),
    check: procedure.input(type<Parameters<Engine['check']>[0]>()).handler(({ input }) => engine.check(input)),
    checkKind: procedure
      .input(type<Parameters<Engine['checkKind']>[0]>())
      .handler(({ input }) => engine.checkKind(input)),
    partsReadFirst: procedure
      .input(type<{ file: string; sizeBytes: number }>())
      .handler(({ input }) => engine.partsReadFirst(input)),
    unpack: procedure.input(type<{ file: string; folder: string }>()).handler(({ input }) => engine.unpack(input)),
    inspectAdapter: procedure
      .input(type<{ modelFolder: string; adapterFolder: string }>())
      .handler(({ input }) => engine.inspectAdapter(input)),
    unpackAdapter: procedure.input(type<UnpackAdapterJob>()).handler(({ input }) => engine.unpackAdapter(input)),
    trainingMemory: procedure.input(type<TrainingMemoryJob>()).handler(({ input }) => engine.trainingMemory(input)),
    answeringMemory: procedure
      .input(type<Parameters<Engine['answeringMemory']>[0]>())
      .handler(({ input }) => engine.answeringMemory(input)),
    train: procedure
      .input(type<{ jobId: number; job: TrainJob }>())
      .handler(({ input }) => run<TrainEvent>(input.jobId, (signal) => engine.train(input.job, signal))),
    trainTogether: procedure
      .input(type<{ jobId: number; job: TrainTogetherJob }>())
      .handler(({ input }) =>
        run<TrainTogetherEvent>(input.jobId, (signal) => engine.trainTogether(input.job, signal)),
      ),
    merge: procedure
      .input(type<{ jobId: number; job: MergeJob }>())
      .handler(({ input }) => run<MergeEvent>(input.jobId, (signal) => engine.merge(input.job, signal))),
    writeAdapter: procedure.input(type<WriteAdapterJob>()).handler(({ input }) => engine.writeAdapter(input)),
    score: procedure
      .input(type<ScoreJob>())
      .handler(({ input, signal }) => engine.score(input, signal ?? new AbortController().signal)),
    generate: procedure
      .input(type<{ jobId: number; job: GenerateJob }>())
      .handler(({ input }) =>
        run<AwaitedEvent | TokenEvent>(input.jobId, (signal) => engine.generate(input.job, signal)),
      ),
    analyse: procedure
      .input(type<{ jobId: number; job: AnalyseJob }>())
      .handler(({ input }) => run<AnalysisEvent>(input.jobId, (signal) => engine.analyse(input.job, signal))),
    latency: procedure
      .input(type<{ jobId: number; job: LatencyJob }>())
      .handler(({ input }) => run<readonly number[]>(input.jobId, (signal) => engine.latency(input.job, signal))),
    stop: procedure.input(type<{ jobId: number }>()).handler(({ input: { jobId } }) => {
      const controller = running.get(jobId);
      if (controller) controller.abort();
      else early.add(jobId);
    }),
  };
}

/** Either end of the channel between a process and its fork, as a port. */
export function processPort(end: ChildProcess | NodeJS.Process): EnginePort {
  return barePort({
    // Sound because what oRPC sends can be cloned. Sending to a dead process fails silently: whoever waits notices its
    // end.
    send: (message) => void end.send?.(message as Serializable, undefined, {}, () => undefined),
    onMessage: (listener) => end.on('message', listener),
    // After those who watch the other process, so that pending calls fail with the reason it ended rather than a closed
    // channel.
    onEnd: (listener) => end.once('exit', () => setImmediate(listener)),
  });
}

/** A port over a channel that delivers bare messages, as Node's and Electron's do: oRPC expects them inside events. */
export function barePort(channel: {
  send: (message: unknown) => void;
  onMessage: (listener: (data: unknown) => void) => void;
  onEnd: (listener: () => void) => void;
}): EnginePort {
  return {
    postMessage: channel.send,
    on(event: string, listener: (event?: { data: unknown }) => void) {
      if (event === 'message') channel.onMessage((data) => listener({ data }));
      else channel.onEnd(() => listener());
    },
  };
}

/** The system's error code tells the caller that, say, the disk is full. Other errors arrive without their message. */
function toPort(error: unknown): unknown {
  if (!(error instanceof StudioError || isSystemError(error))) return error;
  return new ORPCError(carriedCode, { data: toCarried(error), message: error.message, cause: error });
}

function fromPort(error: unknown): unknown {
  // Sound because nothing else is sent with this code.
  return error instanceof ORPCError && error.code === carriedCode ? fromCarried(error.data as CarriedError) : error;
}

const carriedCode = 'CARRIED';

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}

function rethrow(error: unknown): never {
  throw fromPort(error);
}
