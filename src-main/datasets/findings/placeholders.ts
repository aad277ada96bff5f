import { type CheckedRow, type Detector, type FlaggedRow, flag } from './detector.ts';

/**
 * Targets that stand for one still to be written, or that a program wrote for want of one. Words that may well be an
 * answer, such as `none`, `null` and `N/A`, are left alone.
 */
export class Placeholders implements Detector {
  take(row: CheckedRow): FlaggedRow[] {
    const target = row.target.trim();
    return target.length <= 20 && placeholder.test(target) ? [flag('PLACEHOLDER', row, target)] : [];
  }

  /** Everything is flagged immediately. */
  finish(): FlaggedRow[] {
    return [];
  }
}

/**
 * Errors of a spreadsheet, notes to oneself, and what pandas and JavaScript write for an empty cell. In this case only:
 * `todo` is Spanish for all, `Nan` a bread.
 */
const placeholder =
  /^(?:#(?:REF!|N\/A|VALUE!|NAME\?|DIV\/0!|NULL!|NUM!|SPILL!|CALC!|ERROR!)|TODO:?|TBD|FIXME|\[object Object\]|undefined|NaN|nan|<NA>|(?:추후 ?)?(?:작성|답변) ?예정|추후 ?(?:작성|답변)|미작성|미답변)$/;
