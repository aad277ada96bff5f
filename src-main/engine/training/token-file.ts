import { createHash } from 'node:crypto';
import { StudioError } from '../../../src-contract/errors.ts';
import { type Because, inEnglish } from '../../../src-contract/failure-reason.ts';
import { openSafetensors } from '../formats/safetensors.ts';

/**
 * Tokenised examples on disk: a safetensors file with `ids` I32 [tokens], `offsets` I32 [rows + 1] and `target_starts`
 * I32 [rows] (relative to the start of the row). Written by tasks/token-file.ts.
 */
export interface TokenRows {
  readonly count: number;
  /** Over all numbers in the file: tells whether two files hold the same rows. */
  readonly sha256: string;
  /** Tokens of a row, prompt and target. */
  ids(row: number): Int32Array;
  targetStart(row: number): number;
}

/** Throws FILE_NOT_FOUND, and MODEL_FILE_INVALID where a row has no target token that something precedes. */
export async function readTokenFile(path: string): Promise<TokenRows> {
  const file = await openSafetensors(path);
  try {
    const hash = createHash('sha256');
    const read = async (name: string) => {
      if (file.tensors.get(name)?.dtype !== 'I32') throw invalid(path, inEnglish(`it has no ${name} of type I32`));
      const bytes = await file.readBytes(name);
      hash.update(bytes);
      return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
    };
    const [ids, offsets, starts] = [await read('ids'), await read('offsets'), await read('target_starts')];
    if (offsets.length !== starts.length + 1 || offsets[0] !== 0 || offsets[starts.length] !== ids.length)
      throw invalid(path, inEnglish('its rows do not fit its tokens'));
    starts.forEach((start, row) => {
      const length = (offsets[row + 1] as number) - (offsets[row] as number);
      if (start < 0 || length <= Math.max(1, start))
        throw invalid(path, inEnglish(`row ${row} has no target that can be predicted`));
    });
    return {
      count: starts.length,
      sha256: hash.digest('hex'),
      ids: (row) => ids.subarray(offsets[row], offsets[row + 1]),
      targetStart: (row) => starts[row] as number,
    };
  } finally {
    await file.close();
  }
}

function invalid(path: string, why: Because): StudioError {
  return new StudioError('MODEL_FILE_INVALID', { file: path, ...why });
}
