import { significant } from '../numbers.ts';
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
  /** By doubling: ranks. */
  readonly logarithmic: boolean;
  /** A level that the others are compared with. */
  readonly level?: { readonly name: string; readonly y: number };
  /** Whether the vertical axis has to begin at nothing. */
  readonly fromZero?: boolean;
}

const width = 560;
const height = 300;
const frame = { left: 64, right: 120, top: 28, bottom: 48 };

/** Lines over ranks or layers, each with its name at its end and marks of its own shape. */
export function lineChart({ described, xLabel, yLabel, series, logarithmic, level, fromZero }: LineChart): string {
  const points = series.flatMap((each) => each.points);
  const xs = [...new Set(points.map(({ x }) => x))].sort((a, b) => a - b);
  const ys = [...points.flatMap(({ y, spread = 0 }) => [y - spread, y + spread]), ...(level ? [level.y] : [])];
  const [low, high] = rangeOf(ys, fromZero === true);
  const place = (x: number) => (logarithmic ? Math.log2(x) : x);
  const [first, last] = [place(xs[0] ?? 1), place(xs.at(-1) ?? 2)];
  const inner = { width: width - frame.left - frame.right, height: height - frame.top - frame.bottom };
  const px = (x: number) => frame.left + (last === first ? 0.5 : (place(x) - first) / (last - first)) * inner.width;
  const py = (y: number) => frame.top + (1 - (y - low) / (high - low)) * inner.height;
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((share) => low + share * (high - low));
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
        text(frame.left - 8, py(y) + 4, significant(y), { anchor: 'end', colour: colours.ink3 }),
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

function rangeOf(values: readonly number[], fromZero: boolean): [number, number] {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const room = (high - low || Math.abs(high) || 1) * 0.08;
  return [fromZero ? Math.min(0, low) : low - room, high + room];
}

/** Moves names apart where lines end close together: at least 15 pixels between two. */
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
