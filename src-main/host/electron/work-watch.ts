import type { ContractRouterClient } from '@orpc/contract';
import type { Contract } from '../../../src-contract/contract.ts';
import type { StudioStatus } from '../../../src-contract/studio.ts';

type Job = NonNullable<StudioStatus['job']>;

/** How the desktop shows work in progress. */
export interface WorkSigns {
  /** Progress on the taskbar from 0 to 1; null removes it. */
  progress(share: number | null): void;
  /** Announces the end; only called when nobody is looking at the window. */
  ended(job: Job): void;
  isLookedAt(): boolean;
}

const askingMs = 2_000;
/** The person who started shorter work is still looking at it. */
const longMs = 20_000;

/** Follows the studio's work until `signal` is aborted: progress on the taskbar, and a notice when long work ends. */
export async function watchWork(
  studio: {
    status(): Promise<Pick<StudioStatus, 'job'>>;
    changes(signal: AbortSignal): Promise<AsyncIterable<unknown>>;
  },
  signs: WorkSigns,
  signal: AbortSignal,
  now: () => number = () => Date.now(),
): Promise<void> {
  let job: Job | undefined;
  let sinceMs = 0;
  const look = async () => {
    const next = (await studio.status().catch(() => undefined))?.job ?? undefined;
    if (signal.aborted) return;
    signs.progress(next === undefined || next.total === 0 ? null : next.fraction);
    if (next?.id !== job?.id) {
      if (job !== undefined && now() - sinceMs >= longMs && !signs.isLookedAt()) signs.ended(job);
      sinceMs = now();
    }
    job = next;
  };
  // Steps do not cause change events, so poll while something is running.
  const asking = setInterval(() => job !== undefined && void look(), askingMs);
  try {
    await look();
    for await (const _ of await studio.changes(signal)) await look();
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
