// The file that carries a split's token ids to the engine: a safetensors file of three integer tensors.
// Its writer is here so that training never holds a split's text, and reads what was written by offset.
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * One row as the engine takes it: `ids` is the prompt, then the target (with end-of-text id) from index `targetStart`.
 */
export interface TokenRow {
  readonly ids: readonly number[];
  readonly targetStart: number;
}

export interface TokenFileFacts {
  readonly rows: number;
  readonly tokens: number;
  readonly targetTokens: number;
}

/**
 * Writes a split as safetensors: `ids` I32 [tokens] (all rows end to end), `offsets` I32 [rows + 1] (row r is
 * ids[offsets[r]] up to ids[offsets[r + 1]]) and `target_starts` I32 [rows], each counted within its own row.
 *
 * The file appears under `path` only when it is complete and on disk: it is written under a temporary name, synced and
 * renamed. An abort throws the signal's reason and leaves nothing behind.
 */
export async function writeTokenFile(
  path: string,
  examples: Iterable<TokenRow> | AsyncIterable<TokenRow>,
  signal?: AbortSignal,
): Promise<TokenFileFacts> {
  const temporary = `${path}.part`;
  const file = await open(temporary, 'w');
  let written = false;
  try {
    const offsets = [0];
    const targetStarts: number[] = [];
    let tokens = 0;
    let targetTokens = 0;
    let pending: number[] = [];
    let place = dataStart;
    let sliceBegan = performance.now();
    const flush = async () => {
      const bytes = int32Bytes(pending);
      await writeAll(file, bytes, place);
      place += bytes.length;
      pending = [];
    };
    for await (const { ids, targetStart } of examples) {
      signal?.throwIfAborted();
      if (targetStart < 0 || targetStart > ids.length) throw new RangeError('targetStart lies outside its row');
      for (const id of ids) pending.push(id);
      tokens += ids.length;
      targetTokens += ids.length - targetStart;
      if (tokens > 0x7fffffff) throw new RangeError('more tokens than a token file can address');
      offsets.push(tokens);
      targetStarts.push(targetStart);
      if (pending.length >= 16_384) await flush();
      if (performance.now() - sliceBegan > sliceMs) {
        await nextTurn();
        sliceBegan = performance.now();
      }
    }
    signal?.throwIfAborted();
    await flush();
    for (const tensor of [offsets, targetStarts]) {
      const bytes = int32Bytes(tensor);
      await writeAll(file, bytes, place);
      place += bytes.length;
    }
    const head = header(tokens, targetStarts.length);
    await writeAll(file, head, 0);
    await file.sync();
    await file.close();
    await rename(temporary, path);
    written = true;
    return { rows: targetStarts.length, tokens, targetTokens };
  } finally {
    if (!written) {
      await file.close().catch(() => undefined);
      await rm(temporary, { force: true });
    }
  }
}

/** How often the event loop gets a turn while rows are produced without awaiting anything. */
const sliceMs = 8;

/** The header's length must be fixed before the counts are known; it is padded with spaces, as the format allows. */
const headerBytes = 504;
const dataStart = 8 + headerBytes;

function header(tokens: number, rows: number): Buffer {
  const ends = [tokens * 4, (tokens + rows + 1) * 4, (tokens + rows + 1 + rows) * 4] as const;
  const json = JSON.stringify({
    __metadata__: { format: 'adapter-studio-tokens', version: '1' },
    ids: { dtype: 'I32', shape: [tokens], data_offsets: [0, ends[0]] },
    offsets: { dtype: 'I32', shape: [rows + 1], data_offsets: [ends[0], ends[1]] },
    target_starts: { dtype: 'I32', shape: [rows], data_offsets: [ends[1], ends[2]] },
  });
  const bytes = Buffer.alloc(dataStart, ' ');
  bytes.writeBigUInt64LE(BigInt(headerBytes), 0);
  bytes.write(json, 8, 'utf8');
  return bytes;
}

/** A full disk first shows as a short write; only the next write fails. */
async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
  }
}

/** Little-endian on every machine, as safetensors requires. */
function int32Bytes(values: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(values.length * 4);
  for (let i = 0; i < values.length; i++) bytes.writeInt32LE(values[i] ?? 0, i * 4);
  return bytes;
}
