/** So long a pause ends a conversation: longer than most answers take, shorter than a night. */
export const pauseHours = 4;

/**
 * Whether so much time lies between two messages, told as their file tells it. Day and month need not be told apart:
 * another date is taken for the next day.
 */
export function isPause(before: string, after: string): boolean {
  const [one, other] = [momentOf(before), momentOf(after)];
  const isSameDay = one.day === other.day;
  if (one.minutes === undefined || other.minutes === undefined) return !isSameDay;
  const minutes = other.minutes - one.minutes + (isSameDay ? 0 : minutesOfDay);
  return Math.abs(minutes) >= pauseHours * 60;
}

const minutesOfDay = 24 * 60;

function momentOf(text: string): { readonly day: string; readonly minutes: number | undefined } {
  // Seconds or milliseconds since 1970, as programs write them.
  if (/^\d{10}(?:\d{3})?(?:\.\d+)?$/.test(text)) {
    return { day: '', minutes: Number(text) / (text.length >= 13 && !text.includes('.') ? 60_000 : 60) };
  }
  const [whole = '', before, hour, minute, after = ''] = clock.exec(text) ?? [];
  if (whole === '') return { day: text, minutes: undefined };
  const half = (before ?? after).toLowerCase().replaceAll('.', '');
  const isLate = half === '오후' || half.startsWith('p');
  const hours = half === '' ? Number(hour) : (Number(hour) % 12) + (isLate ? 12 : 0);
  return { day: text.replace(whole, '').replace(/[\s,TZ]+$/, ''), minutes: hours * 60 + Number(minute) };
}

const clock =
  /(?:(오전|오후)\s?)?(\d{1,2})[:.](\d{2})(?::\d{2})?(?:[.,]\d+)?(?:\s?([AaPp]\.?\s?[Mm]\.?))?(?:Z|[+-]\d{2}:?\d{2})?$/;
