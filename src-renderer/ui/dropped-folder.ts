export interface FileInFolder {
  /** Relative to the folder, with slashes: `more/part.csv`. */
  readonly path: string;
  readonly file: File;
}

/** A folder that was dropped or chosen: its name and all files in it and below, except hidden ones. */
export interface FolderOfFiles {
  readonly name: string;
  readonly files: readonly FileInFolder[];
}

/**
 * The folder that was dropped, if it was one. Must be called while the drop event is handled: its data is gone
 * afterwards.
 */
export function droppedFolder(dropped: DataTransfer | null): Promise<FolderOfFiles> | undefined {
  const entries = [...(dropped?.items ?? [])].map((item) => item.webkitGetAsEntry?.() ?? null);
  const [folder] = entries.filter((entry): entry is FileSystemDirectoryEntry => entry?.isDirectory === true);
  return folder && filesBelow(folder, '').then((files) => ({ name: folder.name, files }));
}

/** The result of a folder chooser. */
export function chosenFolder(chosen: Iterable<File>): FolderOfFiles {
  const files = [...chosen].map((file) => ({ path: file.webkitRelativePath.replace(/^[^/]*\//, ''), file }));
  const name = files[0]?.file.webkitRelativePath.split('/')[0] ?? '';
  return { name, files: files.filter(({ path }) => !path.split('/').some(isHidden)) };
}

/** Files directly in the folder. */
export function filesDirectlyIn({ files }: FolderOfFiles): File[] {
  return files.filter(({ path }) => !path.includes('/')).map(({ file }) => file);
}

async function filesBelow(folder: FileSystemDirectoryEntry, place: string): Promise<FileInFolder[]> {
  const reader = folder.createReader();
  const files: FileInFolder[] = [];
  // A browser returns them in batches; an empty batch is the end.
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (part.length === 0) return files;
    for (const entry of part.filter(({ name }) => !isHidden(name))) {
      const path = `${place}${entry.name}`;
      if (entry.isDirectory) files.push(...(await filesBelow(entry as FileSystemDirectoryEntry, `${path}/`)));
      else files.push({ path, file: await fileOf(entry as FileSystemFileEntry) });
    }
  }
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

function isHidden(name: string): boolean {
  return name.startsWith('.') || name === '__MACOSX';
}
