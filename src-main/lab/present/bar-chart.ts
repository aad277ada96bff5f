import { colours, line, rect, svg, text } from './drawing.ts';

export interface Bar {
  readonly name: string;
  readonly value: number;
  readonly shown: string;
  readonly whose: 'ours' | 'paper';
}

const rowHeight = 30;
const left = 190;
const width = 560;

/** Horizontal bars, each between its name and its number. */
export function barChart({ described, bars }: { described: string; bars: readonly Bar[] }): string {
  const most = Math.max(...bars.map(({ value }) => Math.abs(value)), Number.MIN_VALUE);
  const least = Math.min(0, ...bars.map(({ value }) => value));
  const room = width - left - 120;
  const zero = left + (least < 0 ? (-least / (most - least)) * room : 0);
  const unit = room / (most - least);
  return svg({
    ...{ width, described, height: bars.length * rowHeight + 16 },
    parts: [
      ...bars.flatMap(({ name, value, shown, whose }, i) => {
        const y = 8 + i * rowHeight;
        const length = Math.max(1.5, Math.abs(value) * unit);
        return [
          text(left - 12, y + 19, name, { anchor: 'end', colour: colours.ink }),
          rect(
            value < 0 ? zero - length : zero,
            y + 5,
            length,
            rowHeight - 10,
            whose === 'ours' ? colours.ours : colours.paper2,
            2,
          ),
          text(zero + Math.max(0, value * unit) + 8, y + 19, shown, { colour: colours.ink, weight: 600 }),
        ];
      }),
      line(
        [
          [zero, 4],
          [zero, bars.length * rowHeight + 10],
        ],
        colours.axis,
      ),
    ],
  });
}
