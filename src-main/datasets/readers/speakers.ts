import type { Speaker } from '../../../src-contract/dataset.ts';

/** Somebody who takes part, and in how many chats. */
export interface Participant extends Speaker {
  readonly chats: number;
}

/**
 * Whose answers are most likely to be learnt: somebody who answers by profession, whoever saved the chat, the one after
 * whom neither the file nor the heading in it is named, who takes part in more chats than anybody else, or else who
 * answers most. `why` is the code of a file reason.
 */
export function likelySpeaker(
  speakers: readonly Participant[],
  { file, heading = '' }: { readonly file: string; readonly heading?: string | undefined },
): { name: string; why: string } {
  const [most] = speakers.toSorted((a, b) => b.replies - a.replies);
  const among = (fits: (name: string) => boolean) =>
    speakers.filter(({ name }) => fits(name)).toSorted((a, b) => b.replies - a.replies)[0]?.name;
  const role = among((name) => answering.test(name.trim()));
  if (role !== undefined) return { name: role, why: 'SPEAKER_ROLE' };
  const self = among((name) => self_.test(name.trim()));
  if (self !== undefined) return { name: self, why: 'SPEAKER_SELF' };
  for (const [text, why] of [
    [file, 'SPEAKER_OTHER'],
    [heading, 'SPEAKER_WITH'],
  ] as const) {
    const isNamed = (name: string) => names(text, name);
    const other = speakers.some(({ name }) => isNamed(name)) ? among((name) => !isNamed(name)) : undefined;
    if (other !== undefined) return { name: other, why };
  }
  const [first, second] = speakers.toSorted((a, b) => b.chats - a.chats);
  if (first && second && first.chats > second.chats) return { name: first.name, why: 'SPEAKER_CHATS' };
  return { name: most?.name ?? '', why: 'SPEAKER_MOST' };
}

/** Whether a text has a name in it. In other scripts, words may follow without a space. */
function names(text: string, name: string): boolean {
  const [all, own] = [folded(text), folded(name.trim())];
  for (let from = all.indexOf(own); from >= 0; from = all.indexOf(own, from + 1)) {
    const around = [all[from - 1], all[from + own.length]];
    if (!around.some((letter) => word.test(letter ?? ''))) return true;
  }
  return false;
}

function folded(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

const word = /[\p{Script=Latin}\d]/u;
const answering =
  /^(?:(?:the |our )?(?:ai |chat ?|virtual |customer )?(?:assistant|bot|gpt|chatgpt|ai|agent|support|service|helpdesk|staff|operator|advisor|adviser|representative|rep|model|seller|teacher|tutor|doctor|therapist|host)(?: (?:team|agent|bot|staff))?|상담원|상담사|상담직원|챗봇|봇|어시스턴트|직원|점원|판매자|사장님?|선생님|의사|관리자|운영자|assistentin?|berater(?:in)?|mitarbeiter(?:in)?|kundendienst|verkäufer(?:in)?)$/iu;
/** What messengers call whoever saves a chat. */
const self_ = /^(?:회원님|나|본인|you|me|myself|ich|du)$/iu;
