import { expect, test, vi } from 'vitest';
import { shownPart } from './part-text.ts';

const { locale } = vi.hoisted(() => ({ locale: { current: 'en' } }));
vi.mock('../i18n/locale.svelte.ts', () => ({ locale }));

const parts = ['q,v r8 seed 1200 +5', 'r8 q layer 0', 'full rate ×0.1 seed 0', 'lora', 'full', 'base', 'switch'];

// The studio's English names appeared in the middle of a Korean line.
test('names a part in the language on screen, English or Korean', () => {
  expect([...parts, '8 × 128, width 16'].map(shownPart)).toEqual([
    ...['q,v r8 seed 1200 +5', 'r8 q layer 1', 'all weights, rate ×0.1 seed 0', 'LoRA', 'all weights', 'base model'],
    ...['task switch', '8 × 128, width 16'],
  ]);
  locale.current = 'ko';
  expect([...parts, '8 × 128, width 16'].map(shownPart)).toEqual([
    ...['q,v r8 시드 1200 +5', 'r8 q 1층', '전체 가중치, 학습률 ×0.1 시드 0', 'LoRA', '전체 가중치', '기본 모델'],
    ...['작업 전환', '8 × 128, 너비 16'],
  ]);
});
