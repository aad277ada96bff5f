/** How the state of work that a person started is coloured, in pills. */
export const stateTones = {
  queued: 'plain',
  running: 'accent',
  paused: 'plain',
  finished: 'ok',
  stopped: 'plain',
  failed: 'bad',
  interrupted: 'warn',
} as const;
