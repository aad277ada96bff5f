import type { LabPicture } from '../../src-contract/lab.ts';

export type PlacedMap = LabPicture['maps'][number];

export interface Cell {
  readonly map: number;
  /** Zero-based. */
  readonly i: number;
  readonly j: number;
}

/** The heat map cell at a point in the picture's own units; undefined outside the maps. */
export function cellAt(maps: readonly PlacedMap[], x: number, y: number): Cell | undefined {
  for (const [place, map] of maps.entries()) {
    const i = Math.floor((y - map.y) / map.cellHeight);
    const j = Math.floor((x - map.x) / map.cellWidth);
    if (map.values[i]?.[j] !== undefined) return { map: place, i, j };
  }
  return undefined;
}

/** The cell that an arrow key leads to; it stops at edges, except that up and down lead from map to map. */
export function cellAfter(maps: readonly PlacedMap[], cell: Cell, key: string): Cell {
  const values = maps[cell.map]?.values ?? [];
  const [rows, columns] = [values.length, values[0]?.length ?? 0];
  switch (key) {
    case 'ArrowLeft':
      return { ...cell, j: Math.max(0, cell.j - 1) };
    case 'ArrowRight':
      return { ...cell, j: Math.min(columns - 1, cell.j + 1) };
    case 'ArrowUp':
      if (cell.i > 0) return { ...cell, i: cell.i - 1 };
      return cell.map > 0 ? { ...cell, map: cell.map - 1, i: (maps[cell.map - 1]?.values.length ?? 1) - 1 } : cell;
    case 'ArrowDown':
      if (cell.i < rows - 1) return { ...cell, i: cell.i + 1 };
      return cell.map < maps.length - 1 ? { ...cell, map: cell.map + 1, i: 0 } : cell;
    default:
      return cell;
  }
}
