/** A folder that was dropped or chosen, by name, with the files that lie in it; those of folders inside are left out. */
export interface FolderOfFiles {
  readonly name: string;
  readonly files: readonly File[];
}

/** What was dropped, if it was a folder. To be called while the drop is handled: what was dropped is gone after it. */
export function droppedFolder(dropped: DataTransfer | null): Promise<FolderOfFiles> | undefined {
  const entries = [...(dropped?.items ?? [])].map((item) => item.webkitGetAsEntry?.() ?? null);
  const [folder] = entries.filter((entry): entry is FileSystemDirectoryEntry => entry?.isDirectory === true);
  return folder && filesOf(folder).then((files) => ({ name: folder.name, files }));
}

/** What a chooser for folders gives: every file below, of which those that lie in the folder itself are kept. */
export function chosenFolder(chosen: Iterable<File>): FolderOfFiles {
  const files = [...chosen];
  const name = files[0]?.webkitRelativePath.split('/')[0] ?? '';
  return { name, files: files.filter(({ webkitRelativePath: path }) => path.split('/').length === 2) };
}

async function filesOf(folder: FileSystemDirectoryEntry): Promise<File[]> {
  const reader = folder.createReader();
  const entries: FileSystemEntry[] = [];
  // A browser hands them out in parts; an empty part is the end.
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (part.length === 0) break;
    entries.push(...part);
  }
  const files = entries.filter((entry): entry is FileSystemFileEntry => entry.isFile);
  return Promise.all(files.map((entry) => new Promise<File>((resolve, reject) => entry.file(resolve, reject))));
}
