import type { Speaker } from '../../../src-contract/dataset.ts';

/**
 * Whose answers are most likely to be learnt: somebody who answers by profession, whoever saved the chat, the one after
 * whom the file is not named, or else who answers most. `why` is the code of a file reason.
 */
export function likelySpeaker(speakers: readonly Speaker[], file: string): { name: string; why: string } {
  const [most] = speakers.toSorted((a, b) => b.replies - a.replies);
  const among = (fits: (name: string) => boolean) =>
    speakers.filter(({ name }) => fits(name)).toSorted((a, b) => b.replies - a.replies)[0]?.name;
  const role = among((name) => answering.test(name.trim()));
  if (role !== undefined) return { name: role, why: 'SPEAKER_ROLE' };
  const self = among((name) => self_.test(name.trim()));
  if (self !== undefined) return { name: self, why: 'SPEAKER_SELF' };
  const isNamed = (name: string) =>
    file.normalize('NFC').toLowerCase().includes(name.trim().normalize('NFC').toLowerCase());
  const other = speakers.some(({ name }) => isNamed(name)) ? among((name) => !isNamed(name)) : undefined;
  if (other !== undefined) return { name: other, why: 'SPEAKER_OTHER' };
  return { name: most?.name ?? '', why: 'SPEAKER_MOST' };
}

const answering =
  /^(?:(?:the |our )?(?:ai |chat ?|virtual |customer )?(?:assistant|bot|gpt|chatgpt|ai|agent|support|service|helpdesk|staff|operator|advisor|adviser|representative|rep|model|seller|teacher|tutor|doctor|therapist|host)(?: (?:team|agent|bot|staff))?|상담원|상담사|상담직원|챗봇|봇|어시스턴트|직원|점원|판매자|사장님?|선생님|의사|관리자|운영자|assistentin?|berater(?:in)?|mitarbeiter(?:in)?|kundendienst|verkäufer(?:in)?)$/iu;
/** What messengers call whoever saves a chat. */
const self_ = /^(?:회원님|나|본인|you|me|myself|ich|du)$/iu;
