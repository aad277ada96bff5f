import { mostArchiveFiles } from '../../src-contract/dataset.ts';
import { StudioError } from '../../src-contract/errors.ts';
import { because } from '../../src-contract/failure-reason.ts';
import { droppedFolder, type FolderOfFiles } from '../ui/dropped-folder.ts';

/** ZIP's limit without its 64-bit extension (APPNOTE 6.3.10 §4.4.8). */
const mostBytes = 0xffff_ffff;

/**
 * A folder as one file, which the studio reads like any archive: a ZIP with stored entries, so that nothing is copied
 * or compressed in the page. Throws FILE_UNREADABLE for too many files and above 4 GB.
 */
export function archiveOf({ name, files }: FolderOfFiles): File {
  const title = name || `${files[0]?.path ?? ''} + ${files.length - 1}`;
  // Two bytes hold their number: of 65,541 files, the studio would see five.
  if (files.length > mostArchiveFiles)
    throw new StudioError('FILE_UNREADABLE', {
      file: title,
      ...because('ARCHIVE_TOO_MANY', { most: mostArchiveFiles }),
    });
  const parts: BlobPart[] = [];
  const directory: BlobPart[] = [];
  let offset = 0;
  let directoryBytes = 0;
  for (const { path, file } of files) {
    const encoded = new TextEncoder().encode(path);
    const local = localHeader(file, encoded.length);
    const central = centralHeader(file, encoded.length, offset);
    parts.push(local, encoded, file);
    directory.push(central, encoded);
    offset += local.byteLength + encoded.length + file.size;
    directoryBytes += central.byteLength + encoded.length;
  }
  if (offset + directoryBytes > mostBytes)
    throw new StudioError('FILE_UNREADABLE', { file: title, ...because('FOLDER_TOO_LARGE') });
  return new File([...parts, ...directory, endOf(files.length, directoryBytes, offset)], `${title}.zip`);
}

/** What was dropped outside every drop zone, as one file. Must be called while the drop event is handled. */
export async function droppedTable(dropped: DataTransfer | null): Promise<File | undefined> {
  const files = [...(dropped?.files ?? [])];
  const folder = droppedFolder(dropped);
  if (folder !== undefined) return archiveOf(await folder);
  return files.length > 1 ? archiveOf({ name: '', files: files.map((file) => ({ path: file.name, file })) }) : files[0];
}

function localHeader(file: File, nameBytes: number): ArrayBuffer {
  const header = new DataView(new ArrayBuffer(30));
  header.setUint32(0, 0x04034b50, true);
  describe(header, 4, file, nameBytes);
  return header.buffer as ArrayBuffer;
}

function centralHeader(file: File, nameBytes: number, offset: number): ArrayBuffer {
  const header = new DataView(new ArrayBuffer(46));
  header.setUint32(0, 0x02014b50, true);
  header.setUint16(4, 20, true);
  describe(header, 6, file, nameBytes);
  header.setUint32(42, offset, true);
  return header.buffer as ArrayBuffer;
}

/**
 * The fields common to both headers. The checksum stays 0: the studio relies on sizes, and computing it would mean
 * reading everything twice.
 */
function describe(header: DataView, at: number, file: File, nameBytes: number): void {
  const utf8Names = 0x0800;
  header.setUint16(at, 20, true);
  header.setUint16(at + 2, utf8Names, true);
  header.setUint32(at + 14, file.size, true);
  header.setUint32(at + 18, file.size, true);
  header.setUint16(at + 22, nameBytes, true);
}

function endOf(count: number, directoryBytes: number, offset: number): ArrayBuffer {
  const end = new DataView(new ArrayBuffer(22));
  end.setUint32(0, 0x06054b50, true);
  end.setUint16(8, count, true);
  end.setUint16(10, count, true);
  end.setUint32(12, directoryBytes, true);
  end.setUint32(16, offset, true);
  return end.buffer as ArrayBuffer;
}
