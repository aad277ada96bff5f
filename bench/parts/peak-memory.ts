import { readFileSync } from 'node:fs';

/**
 * The most memory that this program, or another, ever held. `maxRSS` begins with what the process that started this one had;
 * where Linux tells of a program alone, that is taken. Of another it is not known elsewhere: not a number.
 */
export function peakBytes(pid: number | 'self' = 'self'): number {
  try {
    const kilobytes = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    if (kilobytes !== undefined) return Number(kilobytes) * 1024;
  } catch {
    // No Linux.
  }
  return pid === 'self' ? process.resourceUsage().maxRSS * 1024 : Number.NaN;
}
