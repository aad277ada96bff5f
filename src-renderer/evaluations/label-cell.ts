/** A place in the table of targets and answers. */
export interface LabelCell {
  readonly target: number;
  /** The number of labels for answers that are none. */
  readonly answer: number;
}

/** The next count that an arrow key leads to, past zeros; Home and End lead to the ends of the line. */
export function cellAfter(confusion: readonly (readonly number[])[], cell: LabelCell, key: string): LabelCell {
  const line = (confusion[cell.target] ?? []).map((_, answer) => ({ ...cell, answer }));
  const column = confusion.map((_, target) => ({ ...cell, target }));
  const isThere = ({ target, answer }: LabelCell) => (confusion[target]?.[answer] ?? 0) > 0;
  switch (key) {
    case 'ArrowLeft':
      return line.slice(0, cell.answer).findLast(isThere) ?? cell;
    case 'ArrowRight':
      return line.slice(cell.answer + 1).find(isThere) ?? cell;
    case 'ArrowUp':
      return column.slice(0, cell.target).findLast(isThere) ?? cell;
    case 'ArrowDown':
      return column.slice(cell.target + 1).find(isThere) ?? cell;
    case 'Home':
      return line.find(isThere) ?? cell;
    case 'End':
      return line.findLast(isThere) ?? cell;
    default:
      return cell;
  }
}
