import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { orDiskFull } from '../../../src-contract/disk-full.ts';

/** A file of tensors being written one after the other. Always close it: unless finished, nothing is left. */
export interface TensorWriter {
  /** Of the whole file. */
  readonly bytes: number;
  append(data: ArrayBufferView): Promise<void>;
  finish(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts a file with its head; `bytes` follow. Writes to a temporary name, syncs, and renames: the file is there whole
 * or not at all. Throws DISK_FULL.
 */
export async function createTensorFile(path: string, head: Buffer, bytes: number): Promise<TensorWriter> {
  // Always the same name: the next attempt overwrites what a crash left behind.
  const temporary = `${path}.tmp`;
  const file = await open(temporary, 'w');
  let finished = false;
  const onDisk = async (work: Promise<void>) => {
    try {
      await work;
    } catch (cause) {
      throw orDiskFull(cause, dirname(path), writer.bytes);
    }
  };
  // writeFile continues after a short write, which is how a disk that is filling up first shows.
  const write = (data: Uint8Array) => onDisk(file.writeFile(data));
  const writer: TensorWriter = {
    bytes: head.length + bytes,
    append: (data) => write(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
    async finish() {
      // Some file systems report a full disk only now.
      await onDisk(file.sync());
      await file.close();
      await rename(temporary, path);
      finished = true;
    },
    async close() {
      if (finished) return;
      await file.close().catch(() => undefined);
      await rm(temporary, { force: true });
    },
  };
  try {
    await write(head);
    return writer;
  } catch (error) {
    await writer.close();
    throw error;
  }
}

/** Writes a small file that says that those of the tensors beside it are complete, in the same way. Throws DISK_FULL. */
export async function writeTextFile(path: string, text: string): Promise<void> {
  const writer = await createTensorFile(path, Buffer.from(text), 0);
  try {
    await writer.finish();
  } finally {
    await writer.close();
  }
}
