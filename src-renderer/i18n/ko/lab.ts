import type { lab as english } from '../en/lab.ts';
import type { Translation } from '../message.ts';

export const lab: Translation<typeof english> = {
  'lab.what': '방법, 그리고 여러분의 기본 모델에서의 숫자',
  'lab.train': '어댑터 학습',
  'lab.model': '기본 모델',
  'lab.model.detail': '가중치 {weights}개, {layers}층, 너비 {hidden}',
  'lab.rank': '랭크',
  'lab.targets': '어느 행렬 곁에',
  'lab.targets.both': 'q와 o',
  'lab.sentence': '가중치 {total}개 중 {trained}개를 학습합니다.',
  'lab.share': '전체 모델에서',
  'lab.file': '어댑터 파일',
  'lab.beside': '곁에 놓이는 고정 가중치',
  'lab.ofBeside': '고정 대비 학습',
  'lab.thin': 'B · A는 W만큼 크지만 랭크가 낮습니다. 랭크만큼의 방향으로만 W를 바꿀 수 있습니다.',
  'lab.full': '여기부터는 얇은 행렬의 숫자가 W만큼 많아져 아끼는 것이 없습니다.',
  'lab.square':
    '{hidden} × {hidden} 크기의 질의와 출력 행렬로 계산했습니다. 새 학습 화면에서는 어떤 행렬이든 정확히 셉니다.',
};
