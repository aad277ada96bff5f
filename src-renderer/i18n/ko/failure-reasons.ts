import type { failureReasons as english } from '../../../src-contract/failure-reason.ts';
import { datasetReasons } from './dataset-reasons.ts';
import { inUseReasons } from './in-use-reasons.ts';
import { modelFileReasons } from './model-file-reasons.ts';
import { unsupportedReasons } from './unsupported-reasons.ts';

/** Why something failed (src-contract/failure-reason.ts), in Korean, with the same codes and fields. */
export const failureReasons: {
  readonly [C in keyof typeof english]: (typeof english)[C] extends string
    ? string
    : Readonly<Record<keyof (typeof english)[C], string>>;
} = {
  ENGINE_ENDED: '프로세스가 상태 {status}[으로|로] 끝났습니다',
  ENGINE_FAULT: '“{message}” 오류로 끝났습니다',
  ENGINE_KILLED: '메모리가 모자랄 때처럼 프로세스가 강제로 끝났습니다(SIGKILL)',
  ENGINE_OUT_OF_MEMORY: '메모리가 모자랍니다',

  FILE_NOT_IN_FOLDER: '{folder} 폴더에 없습니다',
  FILE_NOT_JSON: '올바른 JSON이 아닙니다',
  FILE_NOT_JSON_OBJECT: 'JSON 객체가 아닙니다',
  FILE_DAMAGED: '손상되었습니다',
  FILES_CHANGED: '추가한 뒤에 파일이 바뀌었습니다',
  PATH_TAKEN: '{path}[이|가] 이미 있습니다',
  WEIGHT_MAP_MISSING: 'weight_map이 없습니다',
  WEIGHT_MAP_EMPTY: 'weight_map이 비어 있습니다',
  WEIGHT_MAP_FOREIGN: 'weight_map이 곁에 있는 safetensors 파일이 아닌 것을 가리킵니다',
  END_TOKEN_MISSING: '글의 끝을 나타내는 토큰이 적혀 있지 않습니다',

  BACKUP_INSIDE: '데이터 폴더 안에 있습니다',
  BACKUP_HOME_TAKEN: '{folder} 폴더에 이미 스튜디오 데이터가 있습니다. 빈 폴더를 지정하세요',
  BACKUP_HOME_NOT_EMPTY: '{folder} 폴더가 비어 있지 않습니다. 빈 폴더를 지정하세요',
  BACKUP_CHANGED: '백업할 때와 내용이 다릅니다',
  BACKUP_LIST_UNKNOWN: '백업 목록이 아닙니다',
  BACKUP_PATH_OUTSIDE: '{path} 파일을 가리킵니다',

  NAME_UNSEEN: '보이는 글자가 없습니다',
  NAME_UNWRITABLE: '줄바꿈이나 화면을 제어하는 다른 문자가 들어 있습니다',
  NAME_TOO_LONG: '{most}자를 넘습니다',
  BASE_NAME_TAKEN: '이 이름의 기본 모델이 이미 있습니다',
  ADAPTER_NAME_TAKEN: '“{name}” 어댑터가 이미 있습니다',
  RUN_NAME_TAKEN: '“{name}” 어댑터나 학습이 이미 있습니다',
  SETTINGS_MISSING: '“{name}”[이|가] 없습니다',
  MODEL_FOLDER_FIXED: '환경 변수 ADAPTER_STUDIO_MODELS가 정하고 있습니다',
  BASE_UNCLEAR: '어느 기본 모델로 만들었는지 적혀 있지 않고 {bases}에 맞는 어댑터이니 하나를 고르세요',
  BASE_NAMED_ELSE:
    '여기에 없는 “{named}”[으로|로] 만든 어댑터입니다. 모양은 {bases}에 맞으니, 함께 쓰려면 하나를 고르세요',

  BASE_DELETED: '기본 모델이 삭제되었습니다',
  BASE_CHANGED: '기본 모델이 바뀌었습니다',
  BASE_GONE: '기본 모델이 삭제되었거나 바뀌었습니다',
  DATASET_GONE: '데이터셋이 삭제되었거나 바뀌었습니다',
  ADAPTER_CHANGED: '여기에 쓰인 어댑터가 그 뒤에 더 학습되었습니다',
  INITIAL_DELETED: '이어서 학습하던 어댑터가 삭제되었습니다',
  INITIAL_CHANGED: '이어서 학습하던 어댑터가 그 뒤에 더 학습되었습니다',
  COMPANION_DELETED: '함께 학습한 것이 삭제되었습니다',
  HAS_FINISHED: '이미 끝났습니다',
  HAS_DIVERGED: '손실이 무한해졌고, 다시 해도 그렇게 됩니다',
  GOES_ON: '이미 진행 중입니다',

  RANK_FIXED: '이어서 학습할 어댑터의 랭크는 정해져 있습니다',
  SHAPE_FIXED: '이어서 학습할 어댑터 “{adapter}”의 값은 {value}입니다',
  TOO_MANY_TOGETHER: '한 번에 {count}개이지만 {most}개까지만 됩니다',
  LIST_LENGTH: '이 실험에는 {count}개가 아니라 정확히 {takes}개를 적어야 합니다',
  MATRIX_MISSING: '“{base}”에는 {matrix} 행렬이 없습니다',
  LENGTH_BEYOND_BASE: '“{base}”[은|는] {tokens}토큰까지만 읽습니다',
  MEASURE_FIXED: '채점 기준은 “사용자 지정”과 “질의응답” 작업에서만 고를 수 있습니다',
  ROWS_NEEDED: '학습하는 실험이므로 데이터셋이 필요합니다',
  SPLIT_EMPTY: '“{dataset}”에 {split} 행이 없습니다',

  MIX_WITHOUT_ADAPTER: '섞을 어댑터를 먼저 골라야 합니다',
  MIX_TWICE: '같은 어댑터가 두 번 있습니다',
  TURNS_WITHOUT_TEMPLATE:
    '“{base}”에는 채팅 템플릿이 없어 시스템 메시지나 앞의 메시지를 읽을 수 없습니다. 사용자 메시지 하나만 보내세요',
  NOTHING_ASKED: '아직 질문한 것이 없습니다',

  DOCUMENT_TOO_LARGE: '{most} MB보다 큽니다',
  DOCUMENT_WITHOUT_TEXT: '글이 없습니다(스캔한 문서에는 그림만 있습니다)',
  DOCUMENT_UNKNOWN: '텍스트도 PDF도 아닙니다',
  PDF_DAMAGED: '읽을 수 있는 PDF가 아닙니다',
  PDF_LOCKED: '암호로 잠겨 있습니다',
  PDF_SLOW: '1분이 넘게 걸렸습니다',

  SQL_NOT_SELECT: 'SELECT가 아닙니다',
  SQL_LONG: '{most}자보다 깁니다',
  SQL_DATABASE_LOGGED:
    '데이터베이스가 {most} MB보다 크고 미리 쓰기 로그(WAL)를 씁니다. 저널 모드를 DELETE로 바꾸어 다시 첨부하세요',
  SQL_WOULD_CHANGE: '무언가를 바꾸려 합니다',
  SQL_MORE_THAN_READ: '읽기가 아닌 일을 하려 합니다',
  SQL_FUNCTION: '{name} 함수는 쓸 수 없습니다',
  SQL_PRAGMA: 'PRAGMA {name}[은|는] 쓸 수 없습니다',
  SQL_ERROR: 'SQLite 오류 “{message}”',
  SQL_TOO_LONG: '{seconds}초가 넘게 걸렸습니다',
  SQL_PROCESS_ENDED: '쿼리를 실행하던 프로세스가 끝났습니다',
  SQL_CLOSING: '스튜디오를 닫는 중입니다',
  DATABASE_NAMED_MISSING: '데이터셋에 “{database}” 데이터베이스가 없습니다',
  DATABASE_MISSING: '데이터셋에 데이터베이스가 없습니다',
  DATABASE_UNCLEAR: '데이터셋에 데이터베이스가 여럿이니 하나를 고르세요',

  SOURCE_MISSING: '거기에서는 받을 수 없습니다',
  HUB_UNREACHABLE: 'Hugging Face 허브에 연결할 수 없습니다',
  HUB_SLOW: '{seconds}초 안에 답하지 않았습니다',
  HUB_BUSY: '요청이 너무 잦았습니다. 몇 분 기다려 주세요',
  HUB_REFUSES: '상태 코드 {status}[으로|로] 답했습니다',
  HUB_ANSWER_STRANGE: '돌아온 답이 허브의 답이 아닙니다',
  INDEX_UNREACHABLE: '파이썬 패키지 색인에 연결할 수 없습니다',
  SOURCES_UNREACHABLE: 'Hugging Face 허브와 파이썬 패키지 색인에 연결할 수 없습니다',

  CHECKPOINT_DAMAGED: '체크포인트가 손상되었습니다',
  SETTINGS_CHANGED: '설정이 바뀌었습니다',
  DATA_CHANGED: '데이터가 바뀌었습니다',
  PROMPT_EMPTY: '비어 있습니다',
  TABLE_TOO_LONG: '한 번에 {rows}행, {letters}백만 자까지 답할 수 있습니다. 행 수를 제한하거나 파일을 나누세요',
  ROWS_BLANK: '모든 행이 비어 있습니다',
  SCHEMA_UNSUPPORTED: '“{keyword}”[은|는] 지원되지 않습니다',
  SCHEMA_INVALID: '“{keyword}”[은|는] JSON 스키마에 있을 수 없습니다',
  SCHEMA_UNRESOLVED: '“{keyword}”[이|가] 가리키는 것이 스키마에 없습니다',
  SCHEMA_ENDLESS: '“{keyword}”[이|가] 자신을 다시 가리킵니다',
  SCHEMA_IMPOSSIBLE: '“{keyword}”[을|를] 만족하는 것이 없습니다',
  SCHEMA_TOO_LARGE: '“{keyword}”[이|가] 너무 큽니다',
  NUMBER_TOO_LARGE: '{tensor} 텐서에 {type} 형식으로 담기에는 너무 큰 수가 있습니다',
  TYPE_OF_GGUF: '{type}[은|는] GGUF 파일에만 쓸 수 있으니 merged-gguf 형식을 고르세요',

  ...datasetReasons,
  ...inUseReasons,
  ...modelFileReasons,
  ...unsupportedReasons,
};
