import { ORPCError } from '@orpc/server';
import { expect, test } from 'vitest';
import { StudioError } from '../../../src-contract/errors.ts';
import { nearest, rightName } from './right-name.ts';
import type { StudioClient } from './studio.ts';

// Only what is asked of it.
const client = { baseModels: { list: async () => [{ name: 'starter' }, { name: 'SmolLM2-135M' }] } } as StudioClient;

test('a wrong name is answered with the nearest one and with the command that lists them', async () => {
  const hint = 'Did you mean “starter”? All of them: adapter-studio models list';
  expect(await rightName(new StudioError('BASE_MODEL_NOT_FOUND', { model: 'startr' }), client)).toBe(hint);
  expect(await rightName(new ORPCError('BASE_MODEL_NOT_FOUND', { data: { model: 'Starter ' } }), client)).toBe(hint);
  expect(await rightName(new StudioError('BASE_MODEL_NOT_FOUND', { model: 'gpt' }), client)).toBe(
    'All of them: adapter-studio models list',
  );
  expect(await rightName(new StudioError('FILE_NOT_FOUND', { file: 'starter' }), client)).toBeUndefined();
});

test('the nearest name begins alike, or has at most a third of its letters changed', () => {
  expect(nearest('smol', ['starter', 'SmolLM2-135M'])).toBe('SmolLM2-135M');
  expect(nearest('질문', ['xquad', '질문 과 SQL'])).toBe('질문 과 SQL');
  expect(nearest('sqaud', ['squad', 'spider'])).toBeUndefined();
  expect(nearest('squadd', ['squad', 'spider'])).toBe('squad');
  expect(nearest('', ['squad'])).toBeUndefined();
});
