import type { ContractRouterClient } from '@orpc/contract';
import type { Contract } from '../../../src-contract/contract.ts';
import { FinishedWork } from '../../../src-contract/finished-work.ts';
import type { StudioJob, StudioStatus } from '../../../src-contract/studio.ts';

/** How the desktop shows work in progress. */
export interface WorkSigns {
  /** Progress on the taskbar from 0 to 1; null removes it. */
  progress(share: number | null): void;
  /** Announces the end; only called when nobody is looking at the window. */
  ended(job: StudioJob): void;
  isLookedAt(): boolean;
}

const askingMs = 2_000;

/** Follows the studio's work until `signal` is aborted: progress on the taskbar, and a notice when long work ends. */
export async function watchWork(
  studio: {
    status(): Promise<Pick<StudioStatus, 'jobs'>>;
    changes(signal: AbortSignal): Promise<AsyncIterable<unknown>>;
  },
  signs: WorkSigns,
  signal: AbortSignal,
  now: () => number = () => performance.now(),
): Promise<void> {
  const work = new FinishedWork((job) => {
    if (!signs.isLookedAt()) signs.ended(job);
  });
  let first: StudioJob | undefined;
  const look = async () => {
    const status = await studio.status().catch(() => undefined);
    if (signal.aborted) return;
    first = status?.jobs[0];
    signs.progress(first === undefined || first.total === 0 ? null : first.fraction);
    work.see(status, now());
  };
  // Steps do not cause change events, so poll while something is running.
  const asking = setInterval(() => first !== undefined && void look(), askingMs);
  try {
    const changes = await studio.changes(signal);
    await look();
    for await (const _ of changes) await look();
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    clearInterval(asking);
  }
}

/** The two calls needed, from the studio's contract. */
export function questionsOf(client: ContractRouterClient<Contract>): Parameters<typeof watchWork>[0] {
  return {
    status: () => client.studio.status(),
    changes: (signal) => client.studio.changes(undefined, { signal }),
  };
}
