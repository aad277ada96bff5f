import type { Command } from 'commander';
import { OpenedFolder } from '../opened-folder.ts';
import { fromHere } from './arguments.ts';
import { CallFailure, type Failure, failureOf } from './failure.ts';
import { madeHome, requireHome } from './home.ts';
import type { Installation } from './installation.ts';
import { Progress } from './progress.ts';
import { rightName } from './right-name.ts';
import { openStudio, type Studio, type StudioClient } from './studio.ts';
import { terminalText } from './terminal-text.ts';

/** What a command gets to work with. */
export interface Session {
  readonly installation: Installation;
  /** The data folder: the one specified, else the one opened last, else the platform's usual place. */
  readonly dataDir: string;
  /** True if the data folder was specified in the call. */
  readonly hasNamedHome: boolean;
  /** True if the answer should be a JSON object. */
  readonly json: boolean;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /**
   * Opens the studio on the data folder; it is closed when the command is done. For a command that needs what is there
   * already: throws HOME_NOT_FOUND for a folder that was named and is not one of the studio, and makes nothing.
   */
  open(): Promise<StudioClient>;
  /** The same on that or another folder, for a command that a new one will do for: it is made, and the person told. */
  openOrMake(dataDir?: string, options?: { restoreFrom?: string }): Promise<StudioClient>;
}

/** A command's answer: the fields of the JSON object, and the same as text. */
export interface Answer {
  readonly json: object;
  readonly text: string;
}

/** Runs a command's work, prints its answer, if any, and ends the process with the exit status. */
export type Run = (command: Command, work: (session: Session) => Promise<Answer | undefined>) => Promise<void>;

/** Returns the function through which every command opens the studio, answers, fails and closes. */
export function runnerFor(installation: Installation): Run {
  // A reader that leaves early, such as `head`, does not end the work: `write` reports what it could not write.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  return async (command, work) => {
    const { home, json = false } = command.optsWithGlobals<{ home?: string; json?: boolean }>();
    const interrupted = signalOfInterrupt();
    const progress = new Progress(process.stderr);
    const dataDir = home === undefined ? new OpenedFolder().start : fromHere(home);
    let studio: Studio | undefined;
    let failure: Failure | undefined;
    const named = home === undefined ? undefined : dataDir;
    const openOrMake = async (folder = dataDir, { restoreFrom }: { restoreFrom?: string } = {}) => {
      const told = folder === named && restoreFrom === undefined ? madeHome(folder) : undefined;
      studio = await openStudio({ dataDir: folder, installation, restoreFrom });
      if (told !== undefined) progress.say(told);
      return studio.client;
    };
    const open = () => {
      if (named !== undefined) requireHome(named);
      return openOrMake();
    };
    try {
      const session = {
        installation,
        dataDir,
        hasNamedHome: home !== undefined,
        json,
        signal: interrupted,
        progress,
        open,
        openOrMake,
      };
      const answer = await work(session);
      progress.clear();
      if (answer) await writeAnswer(json ? JSON.stringify(answer.json) : answer.text);
    } catch (error) {
      progress.clear();
      failure = failureOf(error, interrupted);
      const client = failure.exitCode === 1 ? studio?.client : undefined;
      // A studio that cannot list its names has the first failure to tell.
      const hint = client && (await rightName(error, client).catch(() => undefined));
      if (hint !== undefined) failure = { ...failure, hint };
      await printFailure(failure, { json });
    }
    await studio?.close();
    process.exit(failure?.exitCode ?? 0);
  };
}

/** Throws if it cannot be written, unless its reader has left. */
async function writeAnswer(text: string): Promise<void> {
  const error = await write(process.stdout, text);
  if (error === undefined || error.code === 'EPIPE') return;
  throw new CallFailure({
    code: 'ANSWER_NOT_WRITTEN',
    message: `The work is done, but its answer could not be written: ${error.message}.`,
    hint: 'Direct the output to another place.',
    exitCode: 1,
  });
}

/**
 * With `json`, one object on standard output; otherwise, or if that cannot be written, two sentences on standard error.
 */
export async function printFailure(failure: Failure, { json }: { json: boolean }): Promise<void> {
  const { code, message, hint, stack, rest } = failure;
  if (stack) await write(process.stderr, stack);
  const object = JSON.stringify({ error: { code, message, hint }, ...rest });
  if (json && (await write(process.stdout, object)) === undefined) return;
  await write(process.stderr, `${message}\n${hint}`);
}

/**
 * The first Ctrl-C stops gracefully; another, at least a second later, ends the process. A terminal sends it to npm, to
 * its shell and to us, and each passes it on, so anything within that second is the same keystroke.
 */
function signalOfInterrupt(): AbortSignal {
  const interrupt = new AbortController();
  let firstMs = 0;
  const listen = () => {
    if (!interrupt.signal.aborted) firstMs = Date.now();
    else if (Date.now() - firstMs > 1000) process.exit(130);
    interrupt.abort();
  };
  process.on('SIGINT', listen);
  process.on('SIGTERM', listen);
  return interrupt.signal;
}

/** Resolves to what kept it from being written, if anything. */
function write(stream: NodeJS.WriteStream, text: string): Promise<NodeJS.ErrnoException | undefined> {
  const line = `${terminalText(text, stream)}\n`;
  return new Promise((resolve) => stream.write(line, (error) => resolve(error ?? undefined)));
}
