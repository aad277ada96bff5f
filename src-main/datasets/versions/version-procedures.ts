import { implement } from '@orpc/server';
import type { CallerContext } from '../../../src-contract/caller.ts';
import { contract } from '../../../src-contract/contract.ts';
import type { DatasetStore } from '../dataset-store.ts';
import { typedRow } from '../importing/typed-row.ts';
import type { DatasetChanges } from './change-dataset.ts';
import { compareVersions } from './compare-versions.ts';
import { previewReplace, replaceText } from './replace-text.ts';

export function versionProcedures(studio: { store: DatasetStore; changes: DatasetChanges; changed: () => void }) {
  const { store, changes, changed } = studio;
  const os = implement(contract.versions).$context<CallerContext>();
  const idOf = (idOrName: string) => store.get(idOrName).id;
  const told = async <T>(change: Promise<T>): Promise<T> => {
    const after = await change;
    changed();
    return after;
  };
  return os.router({
    list: os.list.handler(({ input: { id, offset, limit } }) => {
      const rows = store.rows(idOf(id));
      return { total: rows.head().version, versions: rows.versions(offset, limit) };
    }),
    compare: os.compare.handler(({ input, signal }) => compareVersions(store.rows(idOf(input.id)), input, signal)),
    restore: os.restore.handler(({ input }) => told(changes.bringBack(idOf(input.id), { version: input.version }))),
    undo: os.undo.handler(({ input }) => told(changes.bringBack(idOf(input.id), 'undo', input.version))),
    redo: os.redo.handler(({ input }) => told(changes.bringBack(idOf(input.id), 'redo'))),
    editRow: os.editRow.handler(({ input: { id, content, ...row } }) =>
      told(changes.edit(idOf(id), { ...row, content: typedRow(content) })),
    ),
    addRow: os.addRow.handler(({ input: { id, content, ...row } }) =>
      told(changes.add(idOf(id), { ...row, content: typedRow(content) })),
    ),
    deleteRows: os.deleteRows.handler(({ input }) => told(changes.remove(idOf(input.id), input.positions))),
    moveRows: os.moveRows.handler(({ input }) => told(changes.moveTo(idOf(input.id), input.positions, input.split))),
    previewReplace: os.previewReplace.handler(({ input, signal }) => {
      const { id, version } = store.get(input.id);
      return previewReplace(store.rows(id).examples(version, input.split), input, signal);
    }),
    replace: os.replace.handler(({ input, signal }) => {
      const { id } = store.get(input.id);
      const { search, replacement } = input;
      const work = replaceText(store.rows(id), input);
      return told(changes.apply({ id, kind: 'replace', detail: { search, replacement } }, work, signal));
    }),
    notes: os.notes.handler(({ input }) => store.rows(idOf(input.id)).notes()),
    setNote: os.setNote.handler(({ input: { id, ...note } }) => told(changes.note(idOf(id), note))),
  });
}
