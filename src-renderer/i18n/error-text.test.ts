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

test('translates a known error', () => {
  const error = new StudioError('FILE_EMPTY', { file: 'a.csv' });
  expect(errorText(error).message).toBe('“a.csv” is empty.');
  locale.current = 'ko';
  expect(errorText(error).message).toBe('“a.csv” 파일이 비어 있습니다.');
});

test('translates the detected kind of a file', () => {
  locale.current = 'ko';
  const error = new StudioError('FILE_NOT_A_TABLE', { file: 'a.db', found: fileKinds.SQLITE });
  expect(errorText(error).message).toContain('SQLite 데이터베이스로 보입니다.');
});

// A Korean page named it in English.
test('translates what something is in use by', () => {
  const error = new StudioError('DATASET_IN_USE', { dataset: 'a', ...because('USED_BY_EVALUATION') });
  expect(errorText(error).message).toBe('“a” is in use by an evaluation.');
  locale.current = 'ko';
  expect(errorText(error).message).toBe('“a”는 평가에서 쓰고 있습니다.');
});

test('recovers the facts of an error stored with a run, which has no data, from its message', () => {
  locale.current = 'ko';
  const { code, message, hint } = new StudioError('RUN_DIVERGED', { step: 12, rows: '3, 7' });
  expect(errorText({ code, message, hint }).message).toContain('12단계에서');
  expect(errorText({ code, message, hint }).message).toContain('행 3, 7');
});

// The page showed “{rows}행”, for only the message was looked into.
test('recovers the facts that are in the hint of a stored error alone', () => {
  const facts = { needed: '9 GB', available: '4 GB', rows: 1, length: 1200 };
  const { code, message, hint } = new StudioError('RUN_TOO_BIG', facts);
  expect(errorText({ code, message, hint })).toEqual({ code, message, hint });
  locale.current = 'ko';
  expect(errorText({ code, message, hint }).hint).toBe(errorText(new StudioError('RUN_TOO_BIG', facts)).hint);
  const told = errorText({ code, message: 'Another wording.', hint: 'Another hint.' });
  expect(told.hint).not.toContain('{');
});

test('translates a reason that has a code and shows any other as is', () => {
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

test('translates why a model file cannot be used', () => {
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

test('translates what is unsupported and what is supported instead', () => {
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

test('a stored error without the facts of its reason keeps its original wording', () => {
  locale.current = 'ko';
  const data = { adapter: 'Towns', feature: 'the method IA3' };
  expect(errorText({ code: 'ADAPTER_UNSUPPORTED', message: '', hint: '', data }).message).toBe(
    '“Towns” 어댑터는 여기서 지원하지 않는 the method IA3을 씁니다.',
  );
});

test('translates the verdict on a row inside a reason', () => {
  const verdict = 'The cell in the column “answer” is empty';
  const why = because('ALL_ROWS_REFUSED', { count: 3, verdict, ...{ code: 'ROW_TARGET_EMPTY', column: 'answer' } });
  const error = new StudioError('CSV_NO_ROWS', { file: 'a.csv', ...why });
  expect(errorText(error).message).toContain(`3 rows were read, and the first has this problem: ${verdict}.`);
  locale.current = 'ko';
  expect(errorText(error).message).toContain('첫 행: “answer” 열의 칸이 비어 있습니다.');
});

// Regression: after a name from right to left, the rest of the sentence stood before it.
test('a name that runs from right to left turns nothing else in an error around', () => {
  const name = '\u2068סיפורים\u2069';
  const error = new StudioError('DATASET_IN_USE', {
    dataset: 'סיפורים',
    ...because('USED_BY_RUN', { name: 'סיפורים' }),
  });
  expect(errorText(error).message).toBe(`“${name}” is in use by the run “${name}”.`);
  locale.current = 'ko';
  expect(errorText(error).message).toBe(`“${name}”는 “${name}” 학습에서 쓰고 있습니다.`);
});

test('names an invalid option by the label of its field', () => {
  const { code, message, hint } = new StudioError('OPTION_INVALID', { option: 'maxLength', reason: 'it is too long' });
  expect(errorText({ code, message, hint }).message).toBe('Longest row in tokens: it is too long.');
});

// In a dialog in Korean, “name: …” stood above a box called 이름.
test('names what is called “name” everywhere in the language on screen', () => {
  const error = new StudioError('OPTION_INVALID', { option: 'name', ...because('PATH_TAKEN', { path: '/data' }) });
  expect(errorText(error).message).toBe('Name: /data already exists.');
  locale.current = 'ko';
  expect(errorText(error).message).toMatch(/^이름: /);
});

// “also: 12 adapters at once” named no field of the page, and “dataset” was English on a Korean one.
test.each([
  ['also', /^Also train: /, /^함께 학습: /],
  ['dataset', /^Dataset: /, /^데이터셋: /],
])('names the option “%s” as its field is called', (option, english, korean) => {
  const error = new StudioError('OPTION_INVALID', { option, ...because('ROWS_NEEDED') });
  expect(errorText(error).message).toMatch(english);
  locale.current = 'ko';
  expect(errorText(error).message).toMatch(korean);
});

test('reports an internal error as a bug in the studio', () => {
  expect(errorText({ code: 'INTERNAL_SERVER_ERROR', message: 'Internal server error' }).message).toBe(
    'This is a bug in the studio, not something you did wrong.',
  );
  expect(errorText(new TypeError('x is not a function')).code).toBe('UNEXPECTED');
});

test('recognises a lost connection', () => {
  expect(errorText(new Error('WebSocket closed')).code).toBe('CONNECTION_LOST');
});
