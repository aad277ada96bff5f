import type { modelLibrary as english } from '../en/model-library.ts';
import type { Translation } from '../message.ts';

export const modelLibrary: Translation<typeof english> = {
  'library.title': '모델 폴더',
  'library.what': '다른 프로그램이 모델을 두는 곳입니다. 여기 있는 모델은 기본 모델 페이지에 나옵니다.',
  'library.from.usual': 'Hugging Face 프로그램의 캐시입니다.',
  'library.from.environment': '환경 변수 ADAPTER_STUDIO_MODELS로 정했습니다.',
  'library.from.chosen': '직접 고른 폴더입니다. 내려받은 모델도 여기에 저장해 다른 프로그램에서 쓸 수 있습니다.',
  'library.count': '모델 {n}개가 있음',
  'library.none': '모델이 없습니다.',
  'library.notThere': '아직 없는 폴더입니다.',
  'library.takeUsual': 'Hugging Face 캐시 쓰기',
  'library.command': '다른 폴더로',
  'library.environment': '이번 실행에만',
  'library.found': '이 컴퓨터에 있는 모델',
  'library.found.sentence': '다른 프로그램이 이 폴더에 둔 모델입니다:',
  'library.change': '바꾸기',
  'library.all': '이 폴더의 모델 {n}개를 모두 추가했습니다',
  'library.kind.folder': '폴더',
  'library.kind.gguf': 'GGUF 파일',
  'library.add': '추가',
  'library.add.name': '{name} 추가',
  'library.adding': '확인 중',
};
