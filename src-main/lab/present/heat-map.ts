import { colours, heatColour, heatStep, line, rect, svg, text } from './drawing.ts';

export interface HeatMap {
  readonly name: string;
  /** [i − 1][j − 1], from 0 to 1. */
  readonly values: readonly (readonly number[])[];
}

/** A map and its place in the picture, so that a page can tell which value the pointer is on. */
export interface PlacedMap extends HeatMap {
  readonly x: number;
  readonly y: number;
  readonly cellWidth: number;
  readonly cellHeight: number;
}

const left = 92;
const gap = 36;
const mapWidth = 440;
/** So that the first and last i and the label between them are legible one below the other. */
const leastHeight = 42;

/**
 * Heat maps stacked vertically, i downwards and j to the right. With `corner`, maps wider than that have the part i ≤ j
 * ≤ `corner` beside them, as in the paper's Figure 3. Adjacent cells of the same colour are drawn as one.
 */
export function heatMaps(
  maps: readonly HeatMap[],
  words: { described: string; i: string; j: string; none: string; all: string },
  corner = 0,
): { svg: string; placed: PlacedMap[] } {
  const columns = maps[0]?.values[0]?.length ?? 1;
  const rows = maps[0]?.values.length ?? 1;
  const zoom = corner < columns ? corner : 0;
  const cellWidth = mapWidth / columns;
  const cellHeight = rows <= 16 ? Math.max(13, leastHeight / rows) : Math.max(2, Math.min(cellWidth, 240 / rows));
  const mapHeight = rows * cellHeight;
  const zoomLeft = left + mapWidth + 44;
  const zoomCell = 14;
  const width = (zoom > 0 ? zoomLeft + zoom * zoomCell : left + mapWidth) + 28;
  const top = 44;
  const parts: string[] = [...scale(left, words)];
  const placed: PlacedMap[] = [];
  maps.forEach((map, place) => {
    const y = top + place * (mapHeight + gap);
    placed.push({ ...map, x: left, y, cellWidth, cellHeight });
    parts.push(
      text(12, y + mapHeight / 2 + 4, map.name, { colour: colours.ink, weight: 600, size: 14 }),
      text(left - 8, y + 10, '1', { anchor: 'end', colour: colours.ink3 }),
      ...(rows > 1 ? [text(left - 8, y + mapHeight, String(rows), { anchor: 'end', colour: colours.ink3 })] : []),
      text(left - 8, y + mapHeight / 2 + 4, words.i, { anchor: 'end', colour: colours.ink3 }),
      ...map.values.flatMap((row, i) =>
        runs(row).map(({ from, length, step }) =>
          rect(
            left + from * cellWidth,
            y + i * cellHeight,
            length * cellWidth + 0.2,
            cellHeight + 0.2,
            heatColour(step),
          ),
        ),
      ),
      ...axis(columns).map((j) =>
        text(left + (j - 0.5) * cellWidth, y + mapHeight + 16, String(j), { anchor: 'middle', colour: colours.ink3 }),
      ),
    );
    // Nothing shared is nearly white: without a frame the map would be invisible.
    parts.push(frame({ x: left, y, width: mapWidth, height: mapHeight }, colours.axis, 1));
    if (zoom > 0) {
      const zoomed = { rows: Math.min(zoom, rows), columns: zoom };
      parts.push(...enlarged(map, { x: zoomLeft, y, cell: zoomCell, ...zoomed }));
      parts.push(frame({ x: left, y, width: zoom * cellWidth, height: mapHeight }, colours.ink, 1.5));
      parts.push(
        text(zoomLeft, y + zoomCell * zoomed.rows + 16, `${words.i} ≤ ${words.j} ≤ ${zoom}`, { colour: colours.ink3 }),
      );
    }
  });
  const height = top + maps.length * (mapHeight + gap) - gap + 40;
  parts.push(text(left + mapWidth / 2, height - 6, words.j, { anchor: 'middle', colour: colours.ink3 }));
  return { svg: svg({ ...{ width, height, parts }, described: words.described }), placed };
}

function frame(at: { x: number; y: number; width: number; height: number }, colour: string, width: number): string {
  const [right, bottom] = [at.x + at.width, at.y + at.height];
  const corners: [number, number][] = [
    [at.x, at.y],
    [right, at.y],
    [right, bottom],
    [at.x, bottom],
    [at.x, at.y],
  ];
  return line(corners, colour, { width });
}

/** The scale from none to all directions shared. */
function scale(x: number, { none, all }: { none: string; all: string }): string[] {
  const begin = x + 8 + none.length * 7;
  return [
    text(x, 20, none, { colour: colours.ink3 }),
    ...Array.from({ length: 11 }, (_, step) => rect(begin + step * 13, 10, 13, 12, heatColour(step))),
    text(begin + 11 * 13 + 8, 20, all, { colour: colours.ink3 }),
  ];
}

function enlarged(map: HeatMap, at: { x: number; y: number; cell: number; rows: number; columns: number }): string[] {
  const cells: string[] = [];
  for (let i = 0; i < at.rows; i++) {
    for (let j = i; j < at.columns; j++) {
      const step = heatStep(map.values[i]?.[j] ?? 0);
      cells.push(rect(at.x + j * at.cell, at.y + i * at.cell, at.cell - 0.5, at.cell - 0.5, heatColour(step)));
    }
  }
  return cells;
}

function runs(row: readonly number[]): { from: number; length: number; step: number }[] {
  const found: { from: number; length: number; step: number }[] = [];
  row.forEach((value, j) => {
    const step = heatStep(value);
    const last = found.at(-1);
    if (last?.step === step) last.length++;
    else found.push({ from: j, length: 1, step });
  });
  return found;
}

function axis(columns: number): number[] {
  const marks = [1, 8, 16, 32, 48, 64, 128, 256].filter((j) => j <= columns);
  return marks.includes(columns) ? marks : [...marks, columns];
}
