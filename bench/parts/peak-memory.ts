import { readFileSync } from 'node:fs';

/**
 * Peak memory of this process, or another. `maxRSS` starts with that of the process that spawned this one, so Linux's
 * own figure for the process is preferred. For other processes there is no other source: NaN.
 */
export function peakBytes(pid: number | 'self' = 'self'): number {
  try {
    const kilobytes = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    if (kilobytes !== undefined) return Number(kilobytes) * 1024;
  } catch {
    // Not Linux.
  }
  return pid === 'self' ? process.resourceUsage().maxRSS * 1024 : Number.NaN;
}
