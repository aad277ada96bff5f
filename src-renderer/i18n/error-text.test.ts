import { beforeEach, expect, test, vi } from 'vitest';
import { StudioError } from '../../src-contract/errors.ts';
import { because } from '../../src-contract/failure-reason.ts';
import { fileKinds } from '../../src-contract/file-kind.ts';

vi.hoisted(() => {
  vi.stubGlobal('localStorage', { getItem: () => 'en', setItem: () => {} });
  vi.stubGlobal('document', { documentElement: {} });
});

const { errorText } = await import('./error-text.ts');
const { locale } = await import('./locale.svelte.ts');

beforeEach(() => {
  locale.current = 'en';
});

test('a known failure is told in the language on screen', () => {
  const error = new StudioError('FILE_EMPTY', { file: 'a.csv' });
  expect(errorText(error).message).toBe('“a.csv” is empty.');
  locale.current = 'ko';
  expect(errorText(error).message).toBe('“a.csv” 파일이 비어 있습니다.');
});

test('what a file turned out to be is told in the language on screen', () => {
  locale.current = 'ko';
  const error = new StudioError('FILE_NOT_A_TABLE', { file: 'a.db', found: fileKinds.SQLITE });
  expect(errorText(error).message).toContain('SQLite 데이터베이스로 보입니다.');
});

// A Korean page named it in English.
test('what uses something is told in the language on screen', () => {
  const error = new StudioError('DATASET_IN_USE', { dataset: 'a', ...because('USED_BY_EVALUATION') });
  expect(errorText(error).message).toBe('“a” is in use by an evaluation.');
  locale.current = 'ko';
  expect(errorText(error).message).toBe('“a”는 평가에서 쓰고 있습니다.');
});

test('a failure kept with a run has no data: its facts are read out of its sentence', () => {
  locale.current = 'ko';
  const { code, message, hint } = new StudioError('RUN_DIVERGED', { step: 12, rows: '3, 7' });
  expect(errorText({ code, message, hint }).message).toContain('12단계에서');
  expect(errorText({ code, message, hint }).message).toContain('행 3, 7');
});

test('a reason that has a code is told in the language on screen, any other as it came', () => {
  locale.current = 'ko';
  const known = new StudioError('SQL_REFUSED', because('SQL_FUNCTION', { name: 'readfile' }));
  expect(errorText(known).message).toBe('쿼리를 실행할 수 없습니다: readfile 함수는 쓸 수 없습니다.');
  const kept = { code: 'ENGINE_STOPPED', message: '', hint: '', data: because('ENGINE_ENDED', { status: 9 }) };
  expect(errorText(kept).message).toBe('엔진이 예기치 않게 멈췄습니다: 프로세스가 상태 9로 끝났습니다.');
  const empty = because('SPLIT_EMPTY', { dataset: 'Towns', split: 'test' });
  expect(errorText(new StudioError('OPTION_INVALID', { option: 'split', ...empty })).message).toContain('테스트 행');
  const other = new StudioError('MODEL_FILE_INVALID', { file: 'a.gguf', reason: 'its header is cut off' });
  expect(errorText(other).message).toContain('its header is cut off');
});

test('why a file of a model cannot be used is told in the language on screen', () => {
  locale.current = 'ko';
  const cut = because('FILE_CUT_OFF', { missing: 100, bytes: 2048 });
  expect(errorText(new StudioError('MODEL_FILE_INVALID', { file: 'model.safetensors', ...cut })).message).toBe(
    '“model.safetensors”를 쓸 수 없습니다: 파일이 잘렸습니다. 2,048바이트 가운데 100바이트가 없습니다.',
  );
  const merge = because('MERGE_MAKES_UNKNOWN', { merge: 'l o' });
  expect(errorText(new StudioError('MODEL_FILE_INVALID', { file: 'tokenizer.json', ...merge })).message).toContain(
    '병합 규칙 “l o”가 만드는 토큰이 없습니다',
  );
});

test('what cannot be used, and what could be, is told in the language on screen', () => {
  const folder = new StudioError('MODEL_UNSUPPORTED', { file: 'models', ...because('GGUFS_COUNTED', { count: 2 }) });
  const tensor = because('TENSOR_TYPE_UNREADABLE', { tensor: 'wte.weight', type: 'I8', known: 'F32, F16, BF16' });
  const integers = new StudioError('MODEL_UNSUPPORTED', { file: 'model.safetensors', ...tensor });
  const method = new StudioError('ADAPTER_UNSUPPORTED', {
    adapter: 'Towns',
    ...because('ADAPTER_METHOD', { method: 'IA3' }),
  });
  expect([folder, integers, method].map((error) => errorText(error).message)).toEqual([
    '“models” cannot be used here: 2 GGUF files. Supported: a folder with one.',
    '“model.safetensors” cannot be used here: the tensor wte.weight of type I8. Supported: F32, F16, BF16.',
    'The adapter “Towns” uses the method IA3, which is not supported here.',
  ]);
  locale.current = 'ko';
  expect([folder, integers, method].map((error) => errorText(error).message)).toEqual([
    '“models”는 여기서 쓸 수 없는 종류입니다: GGUF 파일 2개. 쓸 수 있는 것: GGUF 파일이 하나인 폴더.',
    '“model.safetensors”는 여기서 쓸 수 없는 종류입니다: I8 형식의 wte.weight 텐서. 쓸 수 있는 것: F32, F16, BF16.',
    '“Towns” 어댑터는 여기서 지원하지 않는 IA3 방법을 씁니다.',
  ]);
});

test('a failure that was kept without the facts of its reason has the words that it was kept with', () => {
  locale.current = 'ko';
  const data = { adapter: 'Towns', feature: 'the method IA3' };
  expect(errorText({ code: 'ADAPTER_UNSUPPORTED', message: '', hint: '', data }).message).toBe(
    '“Towns” 어댑터는 여기서 지원하지 않는 the method IA3을 씁니다.',
  );
});

test('a reason that tells of a row has the verdict on it in the language on screen', () => {
  const verdict = 'The cell in the column “answer” is empty';
  const why = because('ALL_ROWS_REFUSED', { count: 3, verdict, ...{ code: 'ROW_TARGET_EMPTY', column: 'answer' } });
  const error = new StudioError('CSV_NO_ROWS', { file: 'a.csv', ...why });
  expect(errorText(error).message).toContain(`3 rows were read, and the first has this problem: ${verdict}.`);
  locale.current = 'ko';
  expect(errorText(error).message).toContain('첫 행: “answer” 열의 칸이 비어 있습니다.');
});

test('a setting that cannot be is called what its field is called', () => {
  const { code, message, hint } = new StudioError('OPTION_INVALID', { option: 'maxLength', reason: 'it is too long' });
  expect(errorText({ code, message, hint }).message).toBe('Longest row in tokens: it is too long.');
});

test('a fault of the studio is called one', () => {
  expect(errorText({ code: 'INTERNAL_SERVER_ERROR', message: 'Internal server error' }).message).toBe(
    'This is a bug in the studio, not something you did wrong.',
  );
  expect(errorText(new TypeError('x is not a function')).code).toBe('UNEXPECTED');
});

test('a lost connection is told as one', () => {
  expect(errorText(new Error('WebSocket closed')).code).toBe('CONNECTION_LOST');
});
