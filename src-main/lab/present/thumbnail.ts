import type { LabKind } from '../../../src-contract/lab.ts';
import type { Say } from '../words/say.ts';
import { colours, heatColour, line, mark, rect, svg, text } from './drawing.ts';
import { paper } from './paper.ts';

const width = 224;
const height = 92;

/**
 * The paper's result in a few strokes for the experiment's card; a sketch if the paper has only a figure or a sentence.
 */
export function thumbnail(kind: LabKind, say: Say): string {
  return svg({ width, height, described: say(`question.${kind}`), parts: partsOf(kind, say) });
}

export function thumbnailIs(kind: LabKind): 'paper' | 'sketch' {
  return ['fig3', 'fig4', 'ranktofull', 'onebatch'].includes(kind) ? 'sketch' : 'paper';
}

function partsOf(kind: LabKind, say: Say): string[] {
  switch (kind) {
    case 'table1':
      return bars([
        [say('variant.merged'), 0, '0'],
        [say('variant.adapter-l'), 20.7, '+20.7 %'],
        [say('variant.adapter-h'), 30.3, '+30.3 %'],
      ]);
    case 'benefits':
      return bars([
        [say('column.full'), 1200, '1.2 TB'],
        ['LoRA', 350, '350 GB'],
      ]);
    case 'table7':
      return bars([
        [say('thumbnail.there'), 0.32, '0.32'],
        ['ΔW', 6.91, '6.91'],
      ]);
    case 'onebatch':
      return Array.from({ length: 4 }, (_, row) => {
        const y = 10 + row * 20;
        const shades = [3, 5, 7, 9];
        return [
          text(16, y + 11, String(row + 1), { colour: colours.ink3 }),
          rect(32, y, 108, 14, colours.grid, 3),
          text(148, y + 12, '+', { colour: colours.ink3 }),
          rect(164, y, 10, 14, heatColour(shades[row] ?? 5), 2),
          rect(178, y, 34, 6, heatColour(shades[row] ?? 5), 2),
        ];
      }).flat();
    case 'table5': {
      const { columns, wikiSql } = paper.table5;
      return columns.flatMap((name, i) => {
        const tall = (((wikiSql[i] ?? 0) - 69) / 5) * 62;
        const label = name.split(' ')[0]?.replaceAll(',', '') ?? '';
        return [
          rect(6 + i * 31, 70 - tall, 26, tall, i < 5 ? colours.paper2 : colours.paper, 2),
          text(19 + i * 31, 86, label, { anchor: 'middle', colour: colours.ink3, size: 11 }),
        ];
      });
    }
    case 'table6': {
      const { ranks, wikiSql, sets } = paper.table6;
      return [
        ...sets.flatMap((set, s) => {
          const points = ranks.map((_, i) => [14 + i * 36, 66 - (((wikiSql[s]?.[i] ?? 0) - 68.5) / 6) * 58] as const);
          const colour = s === 0 ? colours.paper2 : colours.paper;
          const end = points.at(-1) ?? [0, 0];
          return [
            line(points, colour, { width: 1.5 }),
            ...(s === 2 ? [] : points.map(([x, y]) => mark(x, y, s, colour))),
            ...(s === 1 ? [] : [text(end[0] + 8, end[1] + 4, set === 'q' ? 'q' : 'q,v,…', { colour, size: 11 })]),
          ];
        }),
        ...ranks.map((rank, i) =>
          text(14 + i * 36, 86, String(rank), { anchor: 'middle', colour: colours.ink3, size: 11 }),
        ),
      ];
    }
    case 'fig3':
      return sketch(2, 2, 212, 84, { rows: 8, columns: 24 });
    case 'fig4':
      return [...sketch(2, 2, 100, 84, { rows: 12, columns: 14 }), ...plain(118, 2, 100, 84)];
    case 'ranktofull':
      return [
        line(
          [
            [10, 14],
            [214, 14],
          ],
          colours.paper,
          { dashed: true },
        ),
        line(
          [
            [10, 76],
            [60, 50],
            [110, 32],
            [160, 20],
            [214, 15],
          ],
          colours.paper2,
          { width: 2 },
        ),
        text(214, 30, say('chart.allWeights'), { anchor: 'end', colour: colours.ink3, size: 11 }),
        text(10, 90, 'r 1', { colour: colours.ink3, size: 11 }),
      ];
    default:
      return kind satisfies never;
  }
}

function bars(rows: readonly (readonly [string, number, string])[]): string[] {
  const most = Math.max(...rows.map(([, value]) => value));
  return rows.flatMap(([name, value, shown], i) => {
    const y = 12 + i * 26;
    const length = (value / most) * 62;
    return [
      text(0, y + 10, name, { colour: colours.ink2, size: 11 }),
      rect(98, y, Math.max(1, length), 13, colours.paper2, 2),
      text(104 + length, y + 11, shown, { colour: colours.ink, size: 11 }),
    ];
  });
}

/** As the paper's maps look: the first directions are shared, later ones less and less. */
function sketch(
  x: number,
  y: number,
  w: number,
  h: number,
  { rows, columns }: { rows: number; columns: number },
): string[] {
  return Array.from({ length: rows * columns }, (_, place) => {
    const [i, j] = [Math.floor(place / columns), place % columns];
    const step = Math.round(1 + 8 * Math.exp(-0.55 * Math.min(i, 3 + j / 6)));
    return rect(x + (j * w) / columns, y + (i * h) / rows, w / columns, h / rows, heatColour(Math.min(10, step)));
  });
}

function plain(x: number, y: number, w: number, h: number): string[] {
  return [rect(x, y, w, h, heatColour(0)), rect(x + w / 2, y, w / 2, h, heatColour(1))];
}
