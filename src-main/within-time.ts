import { createContext, Script } from 'node:vm';

const timed = { work: (): unknown => undefined };
const timedContext = createContext(timed);
const timedScript = new Script('work()');

/** Work that was ended, as it took too long. */
export class OverTime extends Error {}

/** Does what a file from elsewhere decides about, which may have no end: only a script of its own can be stopped in the midst of an expression. It takes a tenth of a millisecond. Throws OverTime. */
export function withinTime<Result>(mostMs: number, work: () => Result): Result {
  try {
    timed.work = work;
    // What `work` gives is what its call within the script gives.
    return timedScript.runInContext(timedContext, { timeout: Math.ceil(mostMs) }) as Result;
  } catch (error) {
    // The error may be of the script's own realm, and no Error of this one.
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
    throw code === 'ERR_SCRIPT_EXECUTION_TIMEOUT' ? new OverTime('It took too long', { cause: error }) : error;
  }
}
