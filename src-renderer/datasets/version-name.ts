import type { DatasetVersion } from '../../src-contract/dataset-version.ts';
import { isTextKey, t } from '../i18n/text.ts';

/** What made a version, as a sentence. */
export function versionName({ kind, detail }: Pick<DatasetVersion, 'kind' | 'detail'>): string {
  const { position, version, finding, search, replacement, draft } = detail;
  switch (kind) {
    case 'import':
      return t('version.import');
    case 'edit':
      return t('version.edit', { n: (position ?? 0) + 1 });
    case 'add':
      if (draft) return t(draft.isEdited ? 'version.add.draftedEdited' : 'version.add.drafted', { name: draft.by });
      return t('version.add', { n: detail.added ?? 0 });
    case 'delete':
      return t('version.delete', { n: detail.removed ?? 0 });
    case 'replace':
      return t('version.replace', { search: search ?? '', replacement: replacement ?? '' });
    case 'remedy': {
      const key = `finding.${finding}`;
      return t('version.remedy', { finding: isTextKey(key) ? t(key) : (finding ?? '') });
    }
    case 'splits':
      return t('version.splits', { n: detail.moved ?? 0 });
    case 'schema':
      return t('version.schema', { n: detail.edited ?? 0 });
    case 'undo':
    case 'redo':
    case 'restore':
      return t(`version.${kind}`, { version: version ?? 0 });
    default:
      return kind satisfies never;
  }
}
