/** A time on the clock of this computer, to the minute: `2026-11-25T14:05`. */
export function localTime(ms: number): string {
  return new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** The day of a time on the calendar of this computer: `2026-11-25`. */
export function localDay(ms: number): string {
  return localTime(ms).slice(0, 10);
}
