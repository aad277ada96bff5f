import { paths } from '../paths.ts';
import { letterOf } from '../ui/letter-of.ts';

export interface Shortcut {
  readonly keys: readonly string[];
  /** A key of the dictionary. */
  readonly text: string;
}

/** Places reached by `g` and a letter. */
const placeKeys: Readonly<Record<string, () => string>> = {
  h: paths.home,
  d: paths.datasets,
  t: paths.runs,
  a: paths.adapters,
  c: () => paths.chat(),
  r: paths.answeredTables,
  e: paths.evaluations,
  l: () => paths.lab(),
  b: paths.baseModels,
  s: () => paths.settings(),
};

/** What the list of shortcuts shows. */
export const shortcuts: readonly Shortcut[] = [
  { keys: ['Ctrl', 'K'], text: 'app.palette' },
  { keys: ['?'], text: 'app.shortcuts' },
  { keys: ['Ctrl', 'Z'], text: 'app.shortcuts.undo' },
  { keys: ['/'], text: 'app.shortcuts.search' },
  { keys: ['G', 'H'], text: 'app.home' },
  { keys: ['G', 'D'], text: 'app.datasets' },
  { keys: ['G', 'T'], text: 'app.train' },
  { keys: ['G', 'A'], text: 'app.adapters' },
  { keys: ['G', 'C'], text: 'app.chat' },
  { keys: ['G', 'R'], text: 'app.tables' },
  { keys: ['G', 'E'], text: 'app.evaluate' },
  { keys: ['G', 'L'], text: 'app.lab' },
  { keys: ['G', 'B'], text: 'app.baseModels' },
  { keys: ['G', 'S'], text: 'app.settings' },
  { keys: ['Enter'], text: 'app.shortcuts.send' },
  { keys: ['Shift', 'Enter'], text: 'app.shortcuts.line' },
  { keys: ['↑'], text: 'app.shortcuts.again' },
  { keys: ['Ctrl', 'Enter'], text: 'app.shortcuts.query' },
  { keys: ['F2'], text: 'app.shortcuts.row' },
  { keys: ['Ctrl', 'Enter'], text: 'app.shortcuts.keep' },
  { keys: ['Del'], text: 'app.shortcuts.delete' },
  { keys: ['Ctrl', 'Shift', 'Z'], text: 'app.shortcuts.redo' },
  { keys: ['1', '2', '0'], text: 'app.shortcuts.blind' },
  { keys: ['Esc'], text: 'app.shortcuts.close' },
];

/**
 * Recognises key sequences that lead to a place: `g`, then a letter within a second. Keys typed into a box or pressed
 * with a modifier are ignored.
 */
export class PlaceKeys {
  #gAtMs = Number.NEGATIVE_INFINITY;

  press(
    event: Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'target' | 'isComposing'>,
    nowMs: number,
  ): string | undefined {
    const isTyped =
      event.target instanceof Element &&
      event.target.closest('input, textarea, select, [contenteditable], [role=dialog], [role=menu]') !== null;
    if (isTyped || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return undefined;
    const key = letterOf(event);
    const isSecond = nowMs - this.#gAtMs < 1_000;
    this.#gAtMs = key === 'g' ? nowMs : Number.NEGATIVE_INFINITY;
    return isSecond ? placeKeys[key]?.() : undefined;
  }
}
