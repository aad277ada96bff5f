import { locale } from './locale.svelte.ts';
import { today } from './today.svelte.ts';

/** Numbers, sizes and times for display, in the chosen language. */

/** 1,034 or 0.77; at most `digits` decimals. */
export function number(value: number, digits = 3): string {
  return formatter(`d${digits}`, { maximumFractionDigits: digits }).format(value);
}

/** A fixed number of decimals, for columns of figures: 0.770. */
export function fixed(value: number, digits: number): string {
  return formatter(`f${digits}`, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}

/** About `digits` significant digits, but never rounding the integer part: 0.00201, 12.9, 1,034. */
export function significant(value: number, digits = 3): string {
  return formatter(`s${digits}`, { maximumSignificantDigits: digits }).format(
    Math.abs(value) >= 10 ** digits ? Math.round(value) : value,
  );
}

/** A loss, or another error that is best at 0: 5.52, but 0.0031 rather than 0.00. */
export function lossText(value: number): string {
  if (value === 0 || Math.abs(value) >= 0.1) return fixed(value, 2);
  return formatter('loss', { minimumSignificantDigits: 2, maximumSignificantDigits: 2 }).format(value);
}

// A number and its unit must not be split across lines: \u00a0 is a no-break space.

/** A share from 0 to 1 as `46.2 %`. */
export function percent(share: number, digits = 1): string {
  if (share > 0 && share * 100 < 10 ** -digits) return `${significant(share * 100, 2)}\u00a0%`;
  return `${number(share * 100, digits)}\u00a0%`;
}

/** How much of some work is done: 46 %. */
export function progressPercent(share: number): string {
  return percent(Math.round(100 * share) / 100, 0);
}

/** A share with a fixed number of decimals, for columns of figures: 51.0 %. */
export function fixedPercent(share: number, digits = 1): string {
  return `${fixed(share * 100, digits)}\u00a0%`;
}

/** 134.5 M, 460,800; Korean counts in 만 and 억. */
export function count(value: number): string {
  if (locale.current === 'ko') {
    if (value >= 1e8) return `${significant(value / 1e8)}억`;
    if (value >= 1e6) return `${number(Math.round(value / 1e4))}만`;
    return number(value);
  }
  if (value >= 1e9) return `${number(value / 1e9, 2)}\u00a0B`;
  if (value >= 1e6) return `${number(value / 1e6, 1)}\u00a0M`;
  return number(value);
}

/** Decimal sizes, as disks are sold: 1.8 MB. */
export function bytes(value: number): string {
  if (value < 1000) return locale.current === 'ko' ? `${number(value)}바이트` : `${number(value)}\u00a0bytes`;
  if (value < 1e6) return `${number(value / 1e3, value < 1e4 ? 1 : 0)}\u00a0KB`;
  if (value < 1e9) return `${number(value / 1e6, value < 1e7 ? 1 : 0)}\u00a0MB`;
  return `${number(value / 1e9, value < 1e10 ? 1 : 0)}\u00a0GB`;
}

/** 0.4 ms, 3.2 s, 3 min 05 s, 1 h 44 min. */
export function duration(seconds: number): string {
  const ko = locale.current === 'ko';
  if (seconds < 0.1) return `${significant(seconds * 1000, 2)}\u00a0ms`;
  if (seconds < 10) return ko ? `${number(seconds, 1)}초` : `${number(seconds, 1)}\u00a0s`;
  const whole = Math.round(seconds);
  if (whole < 60) return ko ? `${whole}초` : `${whole}\u00a0s`;
  if (whole < 3600) return joined(Math.floor(whole / 60), ko ? '분' : '\u00a0min', whole % 60, ko ? '초' : '\u00a0s');
  const minutes = Math.round(whole / 60);
  return joined(Math.floor(minutes / 60), ko ? '시간' : '\u00a0h', minutes % 60, ko ? '분' : '\u00a0min');
}

/** A time remaining, rounded to what can be known: 11 s, 4 min, 1 h 20 min. */
export function timeLeft(seconds: number): string {
  if (seconds < 60) return duration(Math.max(1, Math.round(seconds)) + 0).replace(/^(\d)\.\d/, '$1');
  return duration(Math.round(seconds / 60) * 60);
}

/** The time for today, the weekday within a week, else the date. */
export function when(time: number, now = today.start): string {
  const date = new Date(time);
  // What is newer than the last look at the clock is of today, too.
  if (time >= new Date(now).setHours(0, 0, 0, 0)) {
    return dates('hour', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(date);
  }
  if (now - time < 6 * 86_400_000) return dates('weekday', { weekday: 'short' }).format(date);
  return dates('day', { year: 'numeric', month: 'short', day: 'numeric' }).format(date);
}

/** The time of day to the second. */
export function clock(time: number): string {
  return dates('clock', { timeStyle: 'medium', hourCycle: 'h23' }).format(new Date(time));
}

/** Day and time in full, for facts and tooltips. */
export function dateTime(time: number): string {
  return dates('full', { dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23' }).format(new Date(time));
}

/** The first eight digits of a hash, in two groups: `9f2c·71d0`. */
export function fingerprint(sha256: string): string {
  return `${sha256.slice(0, 4)}·${sha256.slice(4, 8)}`;
}

function joined(large: number, largeUnit: string, small: number, smallUnit: string): string {
  if (small === 0) return `${number(large)}${largeUnit}`;
  const padded = locale.current === 'ko' ? String(small) : String(small).padStart(2, '0');
  return `${number(large)}${largeUnit}\u00a0${padded}${smallUnit}`;
}

function tag(): string {
  return locale.current === 'ko' ? 'ko-KR' : 'en-GB';
}

const numberFormats = new Map<string, Intl.NumberFormat>();
const dateFormats = new Map<string, Intl.DateTimeFormat>();

function formatter(name: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  return kept(numberFormats, name, () => new Intl.NumberFormat(tag(), options));
}

function dates(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return kept(dateFormats, name, () => new Intl.DateTimeFormat(tag(), options));
}

/** Formatters are expensive to create and are needed in every row of a grid. */
function kept<T>(known: Map<string, T>, name: string, make: () => T): T {
  const key = `${locale.current} ${name}`;
  const format = known.get(key) ?? make();
  known.set(key, format);
  return format;
}
