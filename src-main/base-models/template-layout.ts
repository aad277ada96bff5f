import type { PromptLayout, TurnsLayout } from '../tasks/prompt-layout.ts';
import type { Turn } from './chat-template.ts';

type Render = (turns: readonly Turn[]) => string;

const told: Turn = { role: 'system', content: 'what was told' };
const asked: Turn = { role: 'user', content: 'first question' };
const answered: Turn = { role: 'assistant', content: 'first answer' };
const askedAgain: Turn = { role: 'user', content: 'second question' };

/** What a chat template puts around the texts of a conversation, found by writing some. */
export function templateLayout(render: Render): PromptLayout {
  const [before = '', after = ''] = around([asked], render) ?? [];
  return { before, after, turns: turnsLayout({ before, after }, render) };
}

/** Undefined for a template that treats the same turn differently from place to place, or takes no second one. */
function turnsLayout({ before, after }: Omit<PromptLayout, 'turns'>, render: Render): TurnsLayout | undefined {
  const three = [asked, answered, askedAgain];
  const [, toAnswer = '', toQuestion = ''] = around(three, render) ?? [];
  const turns = [asked, answered, asked, answered, askedAgain];
  const written = (start: string) =>
    start + turns.map(({ content }, i) => content + (i === 4 ? after : i % 2 ? toQuestion : toAnswer)).join('');
  if (tried(turns, render) !== written(before)) return undefined;
  const [toldBefore = '', toldAfter = ''] = around([told, asked], render) ?? [];
  const isTold = tried([told, ...turns], render) === written(toldBefore + told.content + toldAfter);
  return {
    told: isTold ? { before: toldBefore, after: toldAfter } : undefined,
    ...{ first: '', answered: toAnswer, asked: toQuestion },
  };
}

/** What stands before, between and after these texts; undefined where they are not all written, or not in this order. */
function around(turns: readonly Turn[], render: Render): string[] | undefined {
  let rest = tried(turns, render);
  const pieces: string[] = [];
  for (const { content } of turns) {
    const at = rest?.indexOf(content) ?? -1;
    if (rest === undefined || at < 0) return undefined;
    pieces.push(rest.slice(0, at));
    rest = rest.slice(at + content.length);
  }
  return [...pieces, rest ?? ''];
}

/** Templates refuse what their model was not made for, such as instructions. */
function tried(turns: readonly Turn[], render: Render): string | undefined {
  try {
    return render(turns);
  } catch {
    return undefined;
  }
}
