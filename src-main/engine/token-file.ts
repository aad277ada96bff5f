import { StudioError } from '../../src-contract/errors.ts';
import { openSafetensors } from './formats/safetensors.ts';

/**
 * Tokenised examples on disk: a safetensors file with `ids` I32 [tokens], `offsets` I32 [rows + 1] and
 * `target_starts` I32 [rows] (from the row's own beginning). The other end writes it in tasks/token-file.ts.
 */
export interface TokenRows {
  readonly count: number;
  /** Tokens of a row, prompt and target. */
  ids(row: number): Int32Array;
  targetStart(row: number): number;
}

export async function readTokenFile(path: string): Promise<TokenRows> {
  const file = await openSafetensors(path);
  try {
    const read = async (name: string) => {
      const bytes = await file.readBytes(name);
      return new Int32Array(Uint8Array.from(bytes).buffer);
    };
    const [ids, offsets, starts] = [await read('ids'), await read('offsets'), await read('target_starts')];
    if (offsets.length !== starts.length + 1 || offsets[offsets.length - 1] !== ids.length) {
      throw new StudioError('MODEL_FILE_INVALID', { file: path, reason: 'its rows do not fit its tokens' });
    }
    return {
      count: starts.length,
      ids: (row) => ids.subarray(offsets[row], offsets[row + 1]),
      targetStart: (row) => starts[row] as number,
    };
  } finally {
    await file.close();
  }
}
