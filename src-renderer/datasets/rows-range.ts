import { count } from '../i18n/format.ts';
import { t } from '../i18n/text.ts';

/** How many rows a dataset of the hub has, from how its card says it: `10K<n<100K`, `n<1K`. Others stay as they are. */
export function rowsRange(range: string): string {
  const [, from, to] = /^(?:(\d+[KMBT]?)<)?n<(\d+[KMBT])$/.exec(range) ?? [];
  const [, above] = /^n>(\d+[KMBT])$/.exec(range) ?? [];
  if (from !== undefined && to !== undefined) return t('import.hub.rows', { from: written(from), to: written(to) });
  if (to !== undefined) return t('import.hub.rows.below', { n: written(to) });
  if (above !== undefined) return t('import.hub.rows.above', { n: written(above) });
  return range;
}

function written(size: string): string {
  const times = { K: 1e3, M: 1e6, B: 1e9, T: 1e12 }[size.at(-1) ?? ''] ?? 1;
  return count(Number.parseInt(size, 10) * times);
}
