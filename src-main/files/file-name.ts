import { letterStart } from '../../src-contract/shortened.ts';

/** A file's name for a title, `otherwise` for one without a letter; every file system accepts it. */
export function fileNameOf({
  title,
  otherwise,
  extension,
}: {
  readonly title: string;
  readonly otherwise: string;
  readonly extension: string;
}): string {
  const bare = title
    .normalize('NFC')
    .replace(/[^\p{L}\p{N} ._-]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const name = bare.slice(0, letterStart(bare, 80)).replace(/^[. ]+|[. ]+$/g, '');
  return `${name || otherwise}.${extension}`;
}
