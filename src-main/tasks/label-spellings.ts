/**
 * Labels that differ but for case, blanks or a final full stop, each as most rows write it, in the order of their first
 * appearance: “Late” and “late.” are one. Single letters may well differ by case. `most`: what occurs more often than
 * this share of the usual spelling is a label of its own, as “mW” beside “MW”.
 */
export function usualSpellings(counted: ReadonlyMap<string, number>, most = 1): string[] {
  const rowsOf = (label: string) => counted.get(label) ?? 0;
  const usual = new Map<string, string>();
  for (const [label, rows] of counted) {
    const key = spellingKey(label);
    const before = usual.get(key);
    if (before === undefined || rows > rowsOf(before)) usual.set(key, label);
  }
  const areUsual = new Set(usual.values());
  const isOwn = (label: string) =>
    areUsual.has(label) || rowsOf(label) > most * rowsOf(usual.get(spellingKey(label)) ?? '');
  return most === 1 ? [...areUsual] : [...counted.keys()].filter(isOwn);
}

function spellingKey(label: string): string {
  const even = label.trim().replace(/\s+/g, ' ');
  const key = even.toLowerCase().replace(/(?<![ .。])[ .。]+$/, '');
  return key.length > 1 ? key : even;
}
