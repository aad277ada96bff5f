import type { Example } from '../../../src-contract/dataset.ts';
import { withoutMiddle } from '../../../src-contract/shortened.ts';

/** In characters: more than a list shows of a text. A hundred rows of the longest texts would be 20 MB. */
const mostListed = 2000;

/** A row's texts for a list, which shows their beginning, or the question that a context may end with. */
export function listedTexts({ context, target }: Pick<Example, 'context' | 'target'>) {
  const isCut = context.length > mostListed || target.length > mostListed;
  return { context: listed(context), target: listed(target), isCut };
}

function listed(text: string): string {
  return text.length <= mostListed ? text : withoutMiddle(text, mostListed / 2, ' … ', mostListed / 2);
}
