import type { BrowserWindow, Rectangle } from 'electron';
import { z } from 'zod';
import { writeOwnWholeSync } from '../../files/write-whole.ts';
import { readChoice } from '../read-choice.ts';

const windowStateSchema = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().min(900),
  height: z.number().int().min(600),
  maximised: z.boolean(),
});
export type WindowState = z.infer<typeof windowStateSchema>;

/** Where the window was when last closed; undefined if that is unknown or no longer on any screen. */
export function readWindowState(file: string, screens: readonly Rectangle[]): WindowState | undefined {
  const state = readChoice(file, windowStateSchema);
  if (!state) return undefined;
  // A corner of the title bar must be within reach.
  const isInReach = screens.some(
    ({ x, y, width, height }) =>
      state.x + state.width > x + 100 && state.x < x + width - 100 && state.y >= y && state.y < y + height - 50,
  );
  return isInReach ? state : undefined;
}

export function writeWindowState(file: string, window: BrowserWindow): void {
  const state: WindowState = { ...window.getNormalBounds(), maximised: window.isMaximized() };
  writeOwnWholeSync(file, JSON.stringify(state));
}
