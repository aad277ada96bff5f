import { colours, line, mark, seriesColours, svg, text } from './drawing.ts';

export interface Series {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number; readonly spread?: number }[];
}

export interface LineChart {
  readonly described: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly Series[];
  /** By doubling, for ranks. */
  readonly logarithmic: boolean;
  /** A level that the series are compared with. */
  readonly level?: { readonly name: string; readonly y: number };
  /** Whether the vertical axis must start at zero. */
  readonly fromZero?: boolean;
  /** The maximum possible value, with a minimum of 0: shares in per cent. */
  readonly most?: number;
}

const width = 560;
const height = 300;
const frame = { left: 64, right: 120, top: 28, bottom: 48 };

/** Lines over ranks or layers, each with its name at its end and its own mark shape. */
export function lineChart({ described, xLabel, yLabel, series, logarithmic, level, ...bounds }: LineChart): string {
  const points = series.flatMap((each) => each.points);
  const xs = [...new Set(points.map(({ x }) => x))].sort((a, b) => a - b);
  const ys = [...points.flatMap(({ y, spread = 0 }) => [y - spread, y + spread]), ...(level ? [level.y] : [])];
  const ticks = ticksOf(ys, bounds);
  const [low, high] = [ticks[0] as number, ticks.at(-1) as number];
  const decimals = Math.max(...ticks.map((tick) => (String(tick).split('.')[1] ?? '').length));
  const place = (x: number) => (logarithmic ? Math.log2(x) : x);
  const [first, last] = [place(xs[0] ?? 1), place(xs.at(-1) ?? 2)];
  const inner = { width: width - frame.left - frame.right, height: height - frame.top - frame.bottom };
  const px = (x: number) => frame.left + (last === first ? 0.5 : (place(x) - first) / (last - first)) * inner.width;
  const py = (y: number) => frame.top + (1 - (y - low) / (high - low)) * inner.height;
  const bottom = height - frame.bottom;
  const shownXs = xs.length > 12 ? xs.filter((_, i) => i % Math.ceil(xs.length / 10) === 0) : xs;
  const ends = labelPlaces(series.map((each) => py(each.points.at(-1)?.y ?? low)));
  return svg({
    ...{ width, height, described },
    parts: [
      text(frame.left, 16, yLabel, { colour: colours.ink3 }),
      ...ticks.flatMap((y) => [
        line(
          [
            [frame.left, py(y)],
            [width - frame.right, py(y)],
          ],
          colours.grid,
        ),
        text(frame.left - 8, py(y) + 4, y.toFixed(decimals), { anchor: 'end', colour: colours.ink3 }),
      ]),
      line(
        [
          [frame.left, bottom],
          [width - frame.right, bottom],
        ],
        colours.axis,
      ),
      ...shownXs.map((x) => text(px(x), bottom + 18, String(x), { anchor: 'middle', colour: colours.ink3 })),
      text(frame.left + inner.width / 2, height - 10, xLabel, { anchor: 'middle', colour: colours.ink3 }),
      ...(level
        ? [
            line(
              [
                [frame.left, py(level.y)],
                [width - frame.right, py(level.y)],
              ],
              colours.paper,
              { dashed: true, width: 1.5 },
            ),
            text(width - frame.right + 8, py(level.y) + 4, level.name, { colour: colours.paper }),
          ]
        : []),
      ...series.flatMap(({ name, points: own }, i) => {
        const colour = seriesColours[i % seriesColours.length] ?? colours.ink;
        return [
          ...own.flatMap(({ x, y, spread }) =>
            spread
              ? [
                  line(
                    [
                      [px(x), py(y - spread)],
                      [px(x), py(y + spread)],
                    ],
                    colour,
                    { width: 1.5 },
                  ),
                ]
              : [],
          ),
          line(
            own.map(({ x, y }) => [px(x), py(y)] as const),
            colour,
            { width: 2 },
          ),
          ...own.map(({ x, y }) => mark(px(x), py(y), i, colour)),
          text(width - frame.right + 12, (ends[i] ?? 0) + 4, name, { colour, weight: 600 }),
        ];
      }),
    ],
  });
}

/** Three to seven round numbers that enclose all values. */
function ticksOf(values: readonly number[], { fromZero, most }: Pick<LineChart, 'fromZero' | 'most'>): number[] {
  const lowest = fromZero ? Math.min(0, ...values) : Math.min(...values);
  const highest = Math.max(...values);
  const range = highest - lowest || Math.abs(highest) || 1;
  const power = 10 ** Math.floor(Math.log10(range));
  const step = [0.2, 0.25, 0.5, 1, 2].map((part) => part * power).find((each) => range / each <= 5) ?? 2 * power;
  const first = Math.floor(lowest / step + 1e-9);
  // A single value gets a step of room.
  const last = Math.max(first + 1, Math.ceil(highest / step - 1e-9));
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
  return most === undefined ? ticks : ticks.filter((tick) => tick >= 0 && tick <= most);
}

/** Moves names apart where lines end close together: at least 15 pixels between any two. */
function labelPlaces(ys: readonly number[]): number[] {
  const order = ys.map((_, i) => i).sort((a, b) => (ys[a] as number) - (ys[b] as number));
  const places = [...ys];
  let before = Number.NEGATIVE_INFINITY;
  for (const i of order) {
    places[i] = Math.max(places[i] as number, before + 15);
    before = places[i] as number;
  }
  return places;
}
