import { implement } from '@orpc/server';
import type { CallerContext } from '../../src-contract/caller.ts';
import { contract } from '../../src-contract/contract.ts';
import type { Uploads } from './uploads.ts';

export function fileProcedures(uploads: Uploads) {
  const os = implement(contract.files).$context<CallerContext>();
  return os.router({
    begin: os.begin.handler(async ({ input }) => ({ fileId: await uploads.begin(input) })),
    append: os.append.handler(async ({ input }) => ({ bytes: await uploads.append(input) })),
    discard: os.discard.handler(({ input }) => uploads.discard(input.fileId)),
  });
}
