/** A licence's usual name, from its identifier in model cards. An unknown identifier is returned as it is. */
export function licenceName(id: string): string {
  const [, commons, version] = /^cc-?(by(?:-\w\w)*|0)-(\d\.\d)$/i.exec(id) ?? [];
  if (commons !== undefined) return `CC${commons === '0' ? '' : ' '}${commons.toUpperCase()} ${version}`;
  return known[id.toLowerCase()] ?? id;
}

const known: Readonly<Record<string, string>> = {
  'apache-2.0': 'Apache 2.0',
  mit: 'MIT',
  gemma: 'Gemma',
  'llama3.2': 'Llama 3.2',
  'bsd-3-clause': 'BSD 3-Clause',
};
