import type { FileMetaData } from 'hyparquet';
import { NamesApart } from './names-apart.ts';

/**
 * A file's columns in order, each with the name it is read under and the one written in the file. The library finds
 * columns by name and would return only the last of several with the same one, so later ones, and fields within a
 * column, are numbered in the metadata: `answer`, `answer 2`.
 */
export function separateColumns(metadata: FileMetaData): { name: string; written: string }[] {
  const { schema, row_groups: groups } = metadata;
  const found: { name: string; written: string }[] = [];
  const leaves: string[][] = [];
  let place = 1;
  const separate = (count: number, path: readonly string[]) => {
    const taken = new NamesApart();
    for (let left = count; left > 0; left--) {
      const element = schema[place++];
      if (!element) return;
      const { name } = element;
      element.name = taken.add(name);
      if (path.length === 0) found.push({ name: element.name, written: name });
      const own = [...path, element.name];
      if (element.num_children) separate(element.num_children, own);
      else leaves.push(own);
    }
  };
  separate(schema[0]?.num_children ?? 0, []);
  for (const { columns } of groups) {
    for (const [leaf, { meta_data: facts }] of columns.entries()) {
      const own = leaves[leaf];
      if (facts && own && columns.length === leaves.length) facts.path_in_schema = own;
    }
  }
  return found;
}
