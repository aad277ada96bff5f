import { z } from 'zod';
import { fillIn } from './fill-in.ts';

/**
 * What makes a table bad to learn from as a whole, although each row by itself is fine: usually a wrong column.
 * Codes are permanent.
 */
export const tableDoubtSchema = z.discriminatedUnion('code', [
  /** Exchanging the columns of these two fields would fit nearly all rows better. */
  z.object({ code: z.literal('FIELDS_SWAPPED'), one: z.string(), other: z.string() }),
  /** The columns of a document and its summary may be swapped; or what is taken for a summary is a whole text. */
  z.object({ code: z.literal('SUMMARIES_LONGER') }),
  /** `share` in percent, of all rows; `text` is shortened. */
  z.object({ code: z.literal('ONE_TARGET'), share: z.number().int(), text: z.string() }),
  z.object({ code: z.literal('ONE_CONTEXT'), share: z.number().int(), text: z.string() }),
  /** The first and the last of them. */
  z.object({ code: z.literal('TARGETS_COUNT'), first: z.string(), last: z.string() }),
  /** `share` in percent; `text` is one of the dates. */
  z.object({ code: z.literal('TARGETS_DATES'), share: z.number().int(), text: z.string() }),
  /** As Python prints lists and dictionaries, in percent of the rows. */
  z.object({ code: z.literal('TARGETS_PRINTED'), share: z.number().int() }),
  z.object({ code: z.literal('TARGET_GIVEN'), share: z.number().int() }),
  /** `share` in percent, of all characters that the model reads; `text` is shortened. */
  z.object({ code: z.literal('REPEATED_TEXT'), share: z.number().int(), text: z.string() }),
]);
export type TableDoubt = z.infer<typeof tableDoubtSchema>;

/** The doubt in English, for the command line; fields are called as in `--map`. */
export function tableDoubtText({ code, ...told }: TableDoubt): string {
  return fillIn(tableDoubtWords.en[code], told);
}

/** In both languages. `{name}` is replaced by that field of the doubt; `one` and `other` are fields of the task. */
export const tableDoubtWords: Readonly<Record<'en' | 'ko', Readonly<Record<TableDoubt['code'], string>>>> = {
  en: {
    FIELDS_SWAPPED:
      'The columns for “{one}” and “{other}” seem to be swapped: nearly all rows make more sense the other way round.',
    SUMMARIES_LONGER:
      'Nearly all summaries are longer than their documents. Either their columns are swapped, or these are no summaries: choose a column with summaries or another task. Documents that have none yet can be imported with summaries to be written.',
    ONE_TARGET:
      '{share} % of the rows have the same target, “{text}”. A model that writes it whatever it is asked is right that often, and hardly learns the others. More rows with other targets help.',
    ONE_CONTEXT:
      '{share} % of the rows have the same context, “{text}”: nothing in it tells which target is wanted. Choose the column on which the target depends.',
    TARGETS_COUNT:
      'The targets only count up, from {first} to {last}: they are row numbers, which nobody can tell from a text. Choose the column with the answers.',
    TARGETS_DATES:
      'In {share} % of the rows, the target is a date such as “{text}” of which the context has nothing: it cannot be told from the text, and the model will make dates up. Choose the column with the answers, or a context with the date.',
    TARGETS_PRINTED:
      'In {share} % of the rows, the target is a list or a dictionary as Python prints it, with single quotes, True or None. That is not JSON, and other programs cannot read it. Once the table is imported, its findings write all of them as JSON in one step.',
    TARGET_GIVEN:
      'In {share} % of the rows, the context already has the target, always in the same place. The model only learns to copy it from there, and fails on texts without it. Choose a context without the target.',
    REPEATED_TEXT:
      '{share} % of all that the model reads is one text that nearly every row repeats, “{text}”. It takes up room in each row and time with each answer, and whoever asks the adapter must write it again. If it is an instruction, leave it out: what to do, the model learns from the targets.',
  },
  ko: {
    FIELDS_SWAPPED: '“{one}” 열과 “{other}” 열이 서로 바뀐 것 같습니다. 거의 모든 행이 반대로 두어야 더 잘 맞습니다.',
    SUMMARIES_LONGER:
      '거의 모든 요약문이 원문보다 깁니다. 두 열이 서로 바뀌었거나 요약문이 아닌 글입니다. 요약문이 있는 열이나 다른 작업을 고르세요. 아직 요약문이 없는 문서는 앞으로 작성할 요약문과 함께 가져올 수 있습니다.',
    ONE_TARGET:
      '행의 {share} %에서 정답이 똑같이 “{text}”입니다. 무엇을 묻든 이렇게만 써도 그만큼 맞으므로 다른 정답은 거의 배우지 못합니다. 다른 정답이 있는 행을 늘리세요.',
    ONE_CONTEXT:
      '행의 {share} %에서 입력이 똑같이 “{text}”입니다. 입력만 보아서는 어느 정답을 써야 할지 알 수 없습니다. 정답을 정하는 내용이 있는 열을 고르세요.',
    TARGETS_COUNT:
      '정답이 {first}부터 {last}까지 차례로 늘기만 합니다. 글만 보고는 알 수 없는 행 번호입니다. 답이 있는 열을 고르세요.',
    TARGETS_DATES:
      '행의 {share} %에서 정답이 “{text}” 같은 날짜인데 입력에는 그 날짜에 관한 것이 없습니다. 글만 보고는 알 수 없어 모델이 날짜를 지어내게 됩니다. 답이 있는 열이나, 날짜가 든 입력을 고르세요.',
    TARGETS_PRINTED:
      '행의 {share} %에서 정답이 파이썬이 출력한 목록이나 사전입니다(작은따옴표, True, None). JSON이 아니어서 다른 프로그램은 읽지 못합니다. 가져온 뒤 점검 결과에서 한 번에 JSON으로 바꿀 수 있습니다.',
    TARGET_GIVEN:
      '행의 {share} %에서 입력의 같은 자리에 정답이 이미 들어 있습니다. 모델은 그 자리를 베끼는 것만 배워, 정답이 없는 글에는 답하지 못합니다. 정답이 들어 있지 않은 입력을 고르세요.',
    REPEATED_TEXT:
      '모델이 읽는 글의 {share} %는 거의 모든 행에 똑같이 들어 있는 “{text}”입니다. 행마다 자리를, 답할 때마다 시간을 차지하고, 어댑터에 물을 때도 매번 다시 써야 합니다. 지시문이라면 빼세요. 무엇을 해야 하는지는 정답을 보고 배웁니다.',
  },
};
