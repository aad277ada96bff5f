import type { PromptLayout } from '../tasks/prompt-layout.ts';
import { readTurns, turnsLayout, writeTurns } from '../tasks/turns.ts';
import type { Turn } from './chat-template.ts';
import { ModelText } from './model-text.ts';

/**
 * The text of a base for contexts that are conversations: its chat template gets them turn by turn, and a base without
 * one reads them as they are written. Training, evaluations and the chat all read them here, so that an adapter is
 * asked as it was trained.
 */
export class ConversationText extends ModelText {
  static of({ tokenizer, template, stopIds }: ModelText): ConversationText {
    return new ConversationText({ tokenizer, template, endIds: stopIds });
  }

  override promptIds(context: string): number[] {
    return this.template === undefined ? this.rawIds(context) : super.conversationIds(readTurns(context));
  }

  override layout(): PromptLayout {
    const layout = super.layout();
    return this.template === undefined ? { ...layout, turns: turnsLayout(layout.before) } : layout;
  }

  /** Instructions, which other programs send, stay in front. */
  override conversationIds(turns: readonly Turn[]): number[] {
    const said = turns.flatMap(({ role, content }) => (role === 'system' ? [] : [{ role, content }]));
    const told = turns.filter(({ role }) => role === 'system');
    const context = writeTurns(said);
    if (this.template === undefined) return this.rawIds([...told.map(({ content }) => content), context].join('\n\n'));
    return super.conversationIds([...told, ...readTurns(context)]);
  }

  /** Loses whole turns from the front; only a last turn that is too long is cut itself. */
  protected override shorten(context: string, prompt: readonly number[], room: number): number[] {
    const turns = readTurns(context);
    const within = this.conversationWithin(turns, room);
    if (within) return [...within.ids];
    const last = turns.at(-1)?.content ?? '';
    return super.shorten(last, turns.length === 1 ? prompt : this.promptIds(last), room);
  }
}
