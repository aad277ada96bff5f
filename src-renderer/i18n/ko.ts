import type { en } from './en.ts';
import { adapters } from './ko/adapters.ts';
import { answeredTables } from './ko/answered-tables.ts';
import { app } from './ko/app.ts';
import { baseModels } from './ko/base-models.ts';
import { chat } from './ko/chat.ts';
import { dataFolder } from './ko/data-folder.ts';
import { datasets } from './ko/datasets.ts';
import { evaluations } from './ko/evaluations.ts';
import { home } from './ko/home.ts';
import { lab } from './ko/lab.ts';
import { mending } from './ko/mending.ts';
import { modelLibrary } from './ko/model-library.ts';
import { runs } from './ko/runs.ts';
import { ui } from './ko/ui.ts';
import { unwritten } from './ko/unwritten.ts';
import type { Translation } from './message.ts';

/**
 * All on-screen texts in Korean, with fixed terms: base model 기본 모델, adapter 어댑터, dataset 데이터셋, row 행, context 입력,
 * target 정답, train (split) 학습, validation 검증, test 테스트, run 학습, rank 랭크, loss 손실, evaluation 평가, lab 실험실, schema 스키마.
 * `[을|를]` picks the particle (particle.ts).
 */
export const ko: Translation<typeof en> = {
  ...ui,
  ...app,
  ...dataFolder,
  ...home,
  ...datasets,
  ...mending,
  ...unwritten,
  ...baseModels,
  ...modelLibrary,
  ...runs,
  ...adapters,
  ...chat,
  ...answeredTables,
  ...evaluations,
  ...lab,
};
