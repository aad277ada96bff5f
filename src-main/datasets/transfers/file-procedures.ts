import { implement } from '@orpc/server';
import type { CallerContext } from '../../../src-contract/caller.ts';
import { contract } from '../../../src-contract/contract.ts';
import { StudioError } from '../../../src-contract/errors.ts';
import type { Uploads } from './uploads.ts';

export function fileProcedures(uploads: Uploads) {
  const os = implement(contract.files).$context<CallerContext>();
  return os.router({
    begin: os.begin.handler(async ({ input, context }) => ({ fileId: await uploads.begin(input, context.left) })),
    open: os.open.handler(({ input, context }) => {
      if (context.caller === 'page') throw new StudioError('NOT_ALLOWED', {});
      return uploads.open(input.path);
    }),
    append: os.append.handler(async ({ input }) => ({ bytes: await uploads.append(input) })),
    discard: os.discard.handler(({ input }) => uploads.discard(input.fileId)),
  });
}
