/**
 * Labels that differ but for case, blanks or a final full stop, each as most rows write it, in the order of their first
 * appearance: “Late” and “late.” are one. Single letters may well differ by case.
 */
export function usualSpellings(counted: ReadonlyMap<string, number>): string[] {
  const usual = new Map<string, string>();
  for (const [label, rows] of counted) {
    const key = spellingKey(label);
    const before = usual.get(key);
    if (before === undefined || rows > (counted.get(before) ?? 0)) usual.set(key, label);
  }
  return [...usual.values()];
}

function spellingKey(label: string): string {
  const even = label.trim().replace(/\s+/g, ' ');
  const key = even.toLowerCase().replace(/(?<![ .。])[ .。]+$/, '');
  return key.length > 1 ? key : even;
}
