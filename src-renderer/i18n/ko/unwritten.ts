import type { unwritten as english } from '../en/unwritten.ts';
import type { Translation } from '../message.ts';

export const unwritten: Translation<typeof english> = {
  'unwritten.tab': '작성할 것',
  'unwritten.sentence': '아직 “{field}”[이|가] 없는 행이 파일에 {n}개 있습니다.',
  'unwritten.what':
    '여기에서 직접 작성하거나 모델이 초안을 쓰게 하세요. 초안은 모델이 쓴 것일 뿐 맞는다는 뜻이 아닙니다. 읽고 고친 뒤 남기세요. 남긴 것만 행이 되고, 나머지는 이 창에만 있으며, 초안은 이 데이터셋을 열어 둔 동안 계속 씁니다.',
  'unwritten.draft': '모델의 초안',
  'unwritten.model': '모델',
  'unwritten.on': '{base}의 어댑터',
  'unwritten.base': '기본 모델',
  'unwritten.base.what':
    '지시를 따르도록 만든 기본 모델만 지시를 따르고, 다른 모델은 글을 이어 쓸 뿐입니다. 먼저 한 행만 써 보게 하세요.',
  'unwritten.instruction': '글 앞에 모델에게 하는 말',
  'unwritten.instruction.none': '없음',
  'unwritten.instruction.summary': '다음 글을 한두 문장으로 요약하세요.',
  'unwritten.draftAll': '{n}행 초안 만들기',
  'unwritten.draftThis': '이 행만 초안 만들기',
  'unwritten.draftAgain': '초안 다시 만들기',
  'unwritten.drafting': '{total}개 중 {done}번째 초안을 만드는 중',
  'unwritten.drafting.wait': '초안을 만드는 중입니다',
  'unwritten.stop': '멈추기',
  'unwritten.placeholder': '여기에 쓰세요',
  'unwritten.by': '“{name}”의 초안: 아직 확인 전',
  'unwritten.laidOut': '같은 내용을 한 줄에 한 항목씩',
  'unwritten.byEdited': '“{name}”의 초안을 고친 것',
  'unwritten.keep': '남기고 다음으로',
  'unwritten.kept': '행으로 추가했습니다.',
  'unwritten.how': 'Ctrl+Enter로 남깁니다. 모델이 초안을 쓴 행은 데이터셋의 버전에 적힙니다.',
  'unwritten.none': '더 작성할 것이 없습니다',
  'unwritten.none.what': '파일에서 정답만 없던 행에 모두 정답이 생겼습니다.',
  'unwritten.none.deal': '학습 결과를 평가할 행이 아직 없습니다. 분할을 다시 나누세요.',
};
