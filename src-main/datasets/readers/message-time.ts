/** So long a pause ends a conversation: longer than most answers take, shorter than a night. */
export const pauseHours = 4;

/** How a file writes its times, and which end of it is the newest. */
export interface TimeReading {
  readonly dates: DateOrder;
  readonly isNewestFirst: boolean;
  /** Steps from one message to the next of its conversation, back in time and all that go either way. */
  readonly steps: { readonly back: number; readonly all: number };
}

export type DateOrder = 'ymd' | 'dmy' | 'mdy';

/** Whether so much time lies between two messages. Where dates cannot be read, another one is taken for the next day. */
export function isPause(before: string, after: string, dates: DateOrder): boolean {
  const [one, other] = [minutesOf(before, dates), minutesOf(after, dates)];
  if (one !== undefined && other !== undefined) return Math.abs(other - one) >= pauseHours * 60;
  const [first, second] = [momentOf(before), momentOf(after)];
  const isSameDay = first.day === second.day;
  if (first.minutes === undefined || second.minutes === undefined) return !isSameDay;
  const minutes = second.minutes - first.minutes + (isSameDay ? 0 : minutesOfDay);
  return Math.abs(minutes) >= pauseHours * 60;
}

/**
 * Collects the evidence for how times are to be read: the order of day, month and year in which the most times are dates,
 * the fewest go against the others, and they are nearest to each other: a day that is taken for a year is far off.
 */
export class TimeEvidence {
  readonly #orders = (['ymd', 'dmy', 'mdy'] as const).map((dates) => {
    return { dates, last: new Map<string, number>(), back: 0, on: 0, travelled: 0, unread: 0 };
  });

  /** `talk` is the conversation that the message is in. */
  see(time: string, talk: string): void {
    for (const order of this.#orders) {
      const minutes = minutesOf(time, order.dates);
      if (minutes === undefined) {
        order.unread++;
        continue;
      }
      const last = order.last.get(talk);
      order.last.set(talk, minutes);
      if (last === undefined || last === minutes) continue;
      if (minutes < last) order.back++;
      else order.on++;
      order.travelled += Math.abs(minutes - last);
    }
  }

  get reading(): TimeReading {
    const against = ({ back, on }: { back: number; on: number }) => Math.min(back, on);
    const [{ dates, back, on } = { dates: 'ymd' as const, back: 0, on: 0 }] = this.#orders.toSorted(
      (a, b) => a.unread - b.unread || against(a) - against(b) || a.travelled - b.travelled,
    );
    // A message or two may be out of order in any file.
    return { dates, isNewestFirst: back > 1 && back > on * 4, steps: { back, all: back + on } };
  }
}

const minutesOfDay = 24 * 60;

/** Minutes since 1970, in whatever time zone the file is in; undefined if the text does not say so much. */
function minutesOf(text: string, dates: DateOrder): number | undefined {
  // Seconds or milliseconds since 1970, as programs write them.
  if (/^\d{10}(?:\d{3})?(?:\.\d+)?$/.test(text)) return Number(text) / (/^\d{13}/.test(text) ? 60_000 : 60);
  const { day, minutes = 0 } = momentOf(text);
  const date = dateOf(day, dates);
  return date === undefined ? undefined : date / 60_000 + minutes;
}

/** The milliseconds since 1970 at which a day began. */
function dateOf(day: string, dates: DateOrder): number | undefined {
  const [, before, date, between, year] = /^(\D*)(\d{1,2})(\D*)(\d{4}|\d{2})\D*$/u.exec(day) ?? [];
  const month = monthOf(before) ?? monthOf(between);
  if (month !== undefined) return dateAt(Number(year), month, Number(date));
  const [, one, other, third] = /^\D*(\d{1,4})\D{1,3}(\d{1,2})\D{1,3}(\d{1,4})(?:\D.*)?$/u.exec(day) ?? [];
  if (one === undefined || other === undefined || third === undefined) return undefined;
  if (dates === 'ymd') return third.length > 2 ? undefined : dateAt(Number(one), Number(other), Number(third));
  if (one.length > 2) return undefined;
  return dates === 'dmy'
    ? dateAt(Number(third), Number(other), Number(one))
    : dateAt(Number(third), Number(one), Number(other));
}

function dateAt(year: number, month: number, day: number): number | undefined {
  if (month < 1 || month > 12 || day < 1 || day > 31) return undefined;
  return Date.UTC(year < 100 ? 2000 + year : year, month - 1, day);
}

/** English and German names of months. */
const months = /\b(?:(jan)|(feb)|(m[aä]r)|(apr)|(ma[yi])|(jun)|(jul)|(aug)|(sep)|(o[ck]t)|(nov)|(de[cz]))\p{L}*/iu;

function monthOf(text = ''): number | undefined {
  const [, ...found] = months.exec(text) ?? [];
  const place = found.findIndex((name) => name !== undefined);
  return place < 0 ? undefined : place + 1;
}

function momentOf(text: string): { readonly day: string; readonly minutes: number | undefined } {
  const [whole = '', before, hour, minute, after = ''] = clock.exec(text) ?? [];
  if (whole === '') return { day: text, minutes: undefined };
  const half = (before ?? after).toLowerCase().replaceAll('.', '');
  const isLate = ['오후', '午後', '下午'].includes(half) || half.startsWith('p');
  const hours = half === '' ? Number(hour) : (Number(hour) % 12) + (isLate ? 12 : 0);
  return { day: text.replace(whole, '').replace(/(?<![\s,TZ])[\s,TZ]+$/, ''), minutes: hours * 60 + Number(minute) };
}

const clock =
  /(?:(오전|오후|午前|午後|上午|下午)\s?)?(\d{1,2})[:.](\d{2})(?::\d{2})?(?:[.,]\d+)?(?:\s?([AaPp]\.?\s?[Mm]\.?))?(?:Z|[+-]\d{2}:?\d{2})?$/;
