import type { TableDoubt } from '../../../src-contract/table-doubt.ts';
import { tableDoubtText } from '../../../src-contract/table-doubt.ts';
import type { Progress } from './progress.ts';
import type { StudioClient } from './studio.ts';

/** Says what makes a dataset bad to learn from as a whole. Whatever keeps it from being known is told by other work. */
export async function tellDoubts(
  id: string,
  { client, signal, progress }: { client: StudioClient; signal: AbortSignal; progress: Pick<Progress, 'say'> },
): Promise<readonly TableDoubt[]> {
  const told = await client.findings.doubts({ id }, { signal }).catch(() => undefined);
  if (told === undefined) return [];
  const { doubts, checked, rows } = told;
  if (doubts.length > 0 && checked < rows) progress.say(`In ${checked} of the ${rows} rows, from all over the table:`);
  for (const doubt of doubts) progress.say(tableDoubtText(doubt));
  return doubts;
}
