const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const months = 'January February March April May June July August September October November December'.split(' ');

/** A time as Python's `strftime` writes it: in English, whatever the computer's language. */
export function writtenTime(format: string, time: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const month = months[time.getMonth()] ?? '';
  const weekday = weekdays[time.getDay()] ?? '';
  const dayOfYear = Math.round(
    (Date.UTC(time.getFullYear(), time.getMonth(), time.getDate()) - Date.UTC(time.getFullYear(), 0, 0)) / 86_400_000,
  );
  const codes: Readonly<Record<string, string>> = {
    Y: String(time.getFullYear()),
    y: two(time.getFullYear() % 100),
    m: two(time.getMonth() + 1),
    B: month,
    b: month.slice(0, 3),
    h: month.slice(0, 3),
    d: two(time.getDate()),
    e: String(time.getDate()).padStart(2),
    j: String(dayOfYear).padStart(3, '0'),
    A: weekday,
    a: weekday.slice(0, 3),
    w: String(time.getDay()),
    u: String(time.getDay() || 7),
    H: two(time.getHours()),
    I: two(time.getHours() % 12 || 12),
    p: time.getHours() < 12 ? 'AM' : 'PM',
    M: two(time.getMinutes()),
    S: two(time.getSeconds()),
    f: String(time.getMilliseconds() * 1000).padStart(6, '0'),
    // The time has no zone.
    Z: '',
    z: '',
    '%': '%',
  };
  const longer: Readonly<Record<string, string>> = {
    ...{
      F: '%Y-%m-%d',
      T: '%H:%M:%S',
      X: '%H:%M:%S',
      R: '%H:%M',
      D: '%m/%d/%y',
      x: '%m/%d/%y',
      c: '%a %b %e %H:%M:%S %Y',
    },
  };
  return format
    .replace(/%([FTXRDxc%])/g, (code, letter: string) => longer[letter] ?? code)
    .replace(/%(-?)([\s\S])/g, (code, bare: string, letter: string) => {
      const text = codes[letter];
      return text === undefined ? code : bare === '' ? text : text.replace(/^[0 ]+(?=\d)/, '');
    });
}
