/** A licence as people write it, from the identifier that model cards use. One that is not known stays as it is. */
export function licenceName(id: string): string {
  return known[id.toLowerCase()] ?? id;
}

const known: Readonly<Record<string, string>> = {
  'apache-2.0': 'Apache 2.0',
  mit: 'MIT',
  gemma: 'Gemma',
  'llama3.2': 'Llama 3.2',
  'bsd-3-clause': 'BSD 3-Clause',
};
