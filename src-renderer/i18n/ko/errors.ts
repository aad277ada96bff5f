import type { ErrorCode } from '../../../src-contract/errors.ts';

/** The failures of src-contract/errors.ts in Korean, with the same codes and fields. */
export const errors: Readonly<Record<ErrorCode, { readonly message: string; readonly hint: string }>> = {
  FILE_NOT_FOUND: { message: '“{file}” 파일이 없습니다.', hint: '이름과 폴더를 확인하세요.' },
  FILE_EMPTY: { message: '“{file}” 파일이 비어 있습니다.', hint: '머리글과 한 행 이상이 있는 파일을 고르세요.' },
  FILE_NOT_A_TABLE: {
    message: '“{file}”[은|는] 글자로 된 표가 아닙니다. {found}[으로|로] 보입니다.',
    hint: '스프레드시트 프로그램에서 표를 CSV로 저장하고 그 파일을 고르세요.',
  },
  FILE_ENCODING: {
    message: '“{file}”의 {line}번째 줄은 올바른 {encoding}[이|가] 아닙니다.',
    hint: '다른 인코딩을 고르거나 파일을 UTF-8로 저장하세요.',
  },
  FILE_UNREADABLE: {
    message: '“{file}”[을|를] 읽을 수 없습니다: {reason}.',
    hint: '파일이 있는지, 읽을 권한이 있는지 확인하세요.',
  },
  DOCUMENT_UNREADABLE: {
    message: '“{file}”[을|를] 읽을 수 없습니다: {reason}.',
    hint: '문서를 만든 프로그램에서 열어 글을 복사해 붙여 넣으세요.',
  },
  FILE_MEMORY: {
    message: '“{file}”[을|를] 읽는 데 메모리가 {most} MB 넘게 듭니다.',
    hint: '표를 CSV로 저장하고 그 파일을 고르세요. CSV는 한 행씩 읽습니다.',
  },
  BACKUP_DAMAGED: {
    message: '백업의 “{file}” 파일 때문에 아무것도 복원하지 않았습니다: {reason}.',
    hint: '다른 백업으로 복원하거나, 이 백업에 온전한 파일을 넣으세요.',
  },
  RESTORE_CUT_OFF: {
    message: '{folder} 폴더에 백업을 복원하던 작업이 끝나지 않았습니다.',
    hint: '같은 폴더에 백업을 다시 복원하세요. 거기 남은 것은 먼저 지워집니다.',
  },
  ARCHIVE_UNSAFE: {
    message: '“{file}”[을|를] 안전하게 풀 수 없습니다: {reason}.',
    hint: '통합 문서라면 스프레드시트 프로그램에서 열어 새로 저장하거나 CSV로 저장하세요. 다른 압축 파일이라면 직접 풀어서 안의 표를 고르세요.',
  },
  CSV_QUOTE_OPEN: {
    message: '“{file}”의 {line}번째 줄에서 열린 따옴표가 닫히지 않습니다.',
    hint: '그 줄의 따옴표를 닫거나 다른 따옴표 문자를 고르세요.',
  },
  CSV_COLUMN_MISSING: {
    message: '“{file}”에 “{column}” 열이 없습니다. 있는 열: {found}.',
    hint: '“{field}”에 쓸 열을 가져오기 화면에서 고르거나, --map {field}=열이름처럼 지정하세요.',
  },
  ADDED_COLUMN_MISSING: {
    message: '“{file}”에 데이터셋의 첫 파일에 있는 “{column}” 열이 없습니다. 있는 열: {found}.',
    hint: '열 이름을 그 파일에서와 같게 바꾸세요.',
  },
  CSV_SCHEMA_MISSING: {
    message: '“{file}”에 쿼리가 쓰는 데이터베이스의 스키마를 담은 열이 없습니다. 있는 열: {found}.',
    hint: '--database 파일.sqlite처럼 데이터베이스를 함께 지정하거나 가져오기 화면에서 첨부하세요. 스키마를 담은 열이 있다면 --map schema=열이름으로 지정하세요.',
  },
  CSV_NO_ROWS: {
    message: '“{file}”에 쓸 수 있는 행이 없습니다: {reason}.',
    hint: '고른 열이 맞는지 확인하고 행을 고친 다음 다시 가져오세요.',
  },
  OPTION_INVALID: { message: '{option}: {reason}.', hint: '값을 바꾸고 다시 시도하세요.' },
  DATASET_NOT_FOUND: { message: '“{dataset}” 데이터셋이 없습니다.', hint: '데이터셋 목록에서 이름을 확인하세요.' },
  DATASET_IN_USE: {
    message: '“{dataset}”[은|는] {by}에서 쓰고 있습니다.',
    hint: '끝날 때까지 기다리거나 멈추세요.',
  },
  DATASET_CHANGED: {
    message: '그사이 “{dataset}”[이|가] 바뀌었습니다.',
    hint: '지금 상태를 확인한 뒤 다시 하세요.',
  },
  DATASET_FILE_MISSING: {
    message: '“{dataset}” 데이터셋을 열 수 없습니다. 행이 담긴 파일 {file}[이|가] 없습니다.',
    hint: '파일을 되돌려 놓거나 백업에서 데이터 폴더를 복원하세요. 아니면 데이터셋을 삭제하고 표를 다시 가져오세요.',
  },
  DATASET_FILE_DAMAGED: {
    message: '“{dataset}” 데이터셋을 열 수 없습니다. 행이 담긴 파일 {file}[이|가] 손상되었거나 잘렸습니다.',
    hint: '온전한 사본을 그 자리에 두거나 백업에서 데이터 폴더를 복원하세요. 아니면 데이터셋을 삭제하고 표를 다시 가져오세요.',
  },
  DATASET_FILE_TOO_NEW: {
    message:
      '“{dataset}” 데이터셋을 열 수 없습니다. 더 새로운 Adapter Studio가 행이 담긴 파일 {file}[을|를] 썼습니다(데이터 버전 {version}, 이 버전은 {known}까지 압니다).',
    hint: '새 버전을 다시 설치하거나 백업에서 데이터 폴더를 복원하세요.',
  },
  DATASET_TOO_SMALL: {
    message: '“{dataset}”에 길이가 맞는 학습 행이 {rows}개뿐이라 학습하기에 너무 적습니다.',
    hint: '행을 더 가져오거나 최대 길이를 늘리세요.',
  },
  DATABASE_ATTACHED_INVALID: {
    message: '“{file}”[을|를] 데이터베이스로 쓸 수 없습니다: {reason}.',
    hint: 'SQLite 파일을 첨부하세요.',
  },
  SQL_REFUSED: {
    message: '쿼리를 실행할 수 없습니다: {reason}.',
    hint: '쿼리와 대상 데이터베이스를 확인하세요. 읽는 쿼리(SELECT)를 한 번에 하나만 실행할 수 있습니다.',
  },
  BASE_MODEL_NOT_FOUND: { message: '“{model}” 기본 모델이 없습니다.', hint: '기본 모델 목록에서 이름을 확인하세요.' },
  BASE_MODEL_BUILT_IN: {
    message: '“{model}”[은|는] 기본 제공 모델이라 삭제할 수 없습니다.',
    hint: '디스크 공간을 비우려면 직접 추가한 기본 모델을 삭제하세요.',
  },
  BASE_MODEL_IN_USE: {
    message: '“{model}”[은|는] {by}에서 쓰고 있습니다.',
    hint: '먼저 이 모델을 쓰는 것을 삭제하세요.',
  },
  MODEL_FILE_INVALID: {
    message: '“{file}”[을|를] 쓸 수 없습니다: {reason}.',
    hint: '모델을 다시 복사하거나 내려받으세요. 파일이 손상되었거나 불완전할 수 있습니다.',
  },
  MODEL_FILE_PICKLED: {
    message: '“{file}”[은|는] 읽지 않습니다. 읽을 때 코드가 실행될 수 있는 피클 파일입니다.',
    hint: 'PEFT와 Transformers의 save_pretrained(folder, safe_serialization=True)로 safetensors로 저장한 뒤 고르세요.',
  },
  BASE_FILE_MISSING: {
    message: '“{model}” 기본 모델을 쓸 수 없습니다. “{file}” 파일이 없습니다.',
    hint: '{folder} 폴더에 그 파일을 다시 넣거나, 기본 모델을 다시 추가하세요.',
  },
  BASE_FILE_DAMAGED: {
    message: '“{model}” 기본 모델을 쓸 수 없습니다. “{file}” 파일이 손상되었거나 잘렸습니다.',
    hint: '{folder} 폴더에 온전한 파일을 넣거나, 기본 모델을 다시 추가하세요.',
  },
  MODEL_UNSUPPORTED: {
    message: '“{file}”[은|는] 여기서 쓸 수 없는 종류입니다: {found}. 쓸 수 있는 것: {supported}.',
    hint: '쓸 수 있는 종류의 모델을 고르세요.',
  },
  CATALOGUE_MODEL_NOT_FOUND: {
    message: '목록에 “{model}” 모델이 없습니다. 있는 모델: {known}.',
    hint: '이 이름 중 하나를 고르거나, Hugging Face 허브의 모델을 소유자/이름으로 적거나, 이 컴퓨터에 있는 모델을 가져오세요.',
  },
  HUB_NAME_INVALID: {
    message: '“{text}”[은|는] Hugging Face 허브에 있는 모델의 이름이나 주소가 아닙니다.',
    hint: '소유자/이름으로 적거나, https://huggingface.co/owner/name 같은 모델 페이지의 주소를 붙여 넣으세요.',
  },
  HUB_MODEL_NOT_FOUND: {
    message: 'Hugging Face 허브에 “{model}” 모델이 없거나, 비공개입니다.',
    hint: '모델 페이지에서 이름을 확인하세요. 비공개 모델이라면 읽을 수 있는 접근 토큰을 환경 변수 HF_TOKEN에 넣은 뒤, 스튜디오를 다시 시작하세요.',
  },
  HUB_DATASET_NAME_INVALID: {
    message: '“{text}”[은|는] Hugging Face 허브에 있는 데이터셋의 이름이나 주소가 아닙니다.',
    hint: '소유자/이름으로 적거나, https://huggingface.co/datasets/owner/name 같은 데이터셋 페이지의 주소를 붙여 넣으세요.',
  },
  HUB_DATASET_NOT_FOUND: {
    message: 'Hugging Face 허브에 “{dataset}” 데이터셋이나 그 버전이 없거나, 비공개입니다.',
    hint: '데이터셋 페이지에서 이름을 확인하세요. 비공개 데이터셋이라면 읽을 수 있는 접근 토큰을 환경 변수 HF_TOKEN에 넣은 뒤, 스튜디오를 다시 시작하세요.',
  },
  HUB_DATASET_UNREADABLE: {
    message: '“{dataset}”에는 여기서 읽을 수 있는 파일이 없고, 허브에 Parquet 사본도 없습니다.',
    hint: 'Parquet, CSV, TSV, JSON, JSON Lines 파일이 있는 데이터셋을 고르세요.',
  },
  HUB_DATASET_FILE_MISSING: {
    message: '“{dataset}”에는 여기서 읽을 수 있는 “{file}” 파일이 없습니다.',
    hint: '데이터셋을 알아보면 파일이 나옵니다.',
  },
  HUB_DATASET_UNCLEAR: {
    message: '“{dataset}”에는 표가 여러 개 있습니다: {known}.',
    hint: '그중 하나를 적으세요.',
  },
  HUB_SEARCH_FAILED: {
    message: 'Hugging Face 허브에서 찾지 못했습니다: {reason}.',
    hint: '연결을 확인하고 다시 찾아보세요. 이름을 알면 이름으로도 알아볼 수 있습니다.',
  },
  HUB_FILE_UNCLEAR: {
    message: '“{model}”에는 모델이 여러 개 있고, 저마다 GGUF 파일 하나입니다: {known}.',
    hint: '{model}:파일이름처럼 그중 하나를 적으세요.',
  },
  DOWNLOAD_FAILED: {
    message: '“{model}”[을|를] 내려받지 못했습니다: {reason}.',
    hint: '연결을 확인하고 다시 내려받으세요. 멈춘 곳부터 이어집니다.',
  },
  DOWNLOAD_DAMAGED: {
    message: '“{file}” 파일이 왔지만 요청한 파일이 아닙니다. 체크섬이 다릅니다.',
    hint: '다시 내려받으세요. 또 그러면 중간에서 무언가가 파일을 바꾸고 있는 것입니다.',
  },
  DOWNLOAD_NEEDS_LICENCE: {
    message: '“{model}”[은|는] 라이선스에 동의한 사람에게만 제공됩니다.',
    hint: '{address}에서 동의하고 접근 토큰을 만들어 환경 변수 HF_TOKEN에 넣은 뒤, 스튜디오를 다시 시작하세요.',
  },
  ENDPOINT_KEY_MISSING: {
    message: '키를 보내지 않았습니다.',
    hint: '여기에 보이는 키를 그 프로그램에 넣으세요.',
  },
  ENDPOINT_KEY_WRONG: {
    message: '키가 틀렸습니다.',
    hint: '여기에 보이는 키를 복사해 그 프로그램에 넣으세요.',
  },
  ENDPOINT_WEB_PAGE: {
    message: '웹사이트에서 온 요청입니다.',
    hint: '이 컴퓨터에서 실행되는 프로그램을 쓰세요.',
  },
  ENDPOINT_PATH_UNKNOWN: {
    message: '{path}에는 아무것도 없습니다.',
    hint: '프로그램의 base URL은 여기에 보이는 주소여야 하고, /v1로 끝나야 합니다. chat/completions, completions, models에 답합니다.',
  },
  ENDPOINT_MODEL_UNKNOWN: {
    message: '“{model}” 모델이 없습니다.',
    hint: '프로그램에 나오는 모델 중에서 고르세요. 이름은 base 또는 base:adapter입니다.',
  },
  ENDPOINT_BUSY: {
    message: '기다리는 요청이 너무 많았습니다.',
    hint: '프로그램이 한 번에 보내는 요청을 줄이세요.',
  },
  ENDPOINT_REFUSED: {
    message: '요청을 거절했습니다: {reason}',
    hint: '프로그램이 보내는 내용을 고치세요.',
  },
  ADAPTER_NOT_FOUND: { message: '“{adapter}” 어댑터가 없습니다.', hint: '어댑터 목록에서 이름을 확인하세요.' },
  ADAPTER_WRONG_BASE: {
    message: '“{adapter}” 어댑터는 {found}[이|가] 아니라 {expected} 기본 모델에 맞게 만들어졌습니다.',
    hint: '어댑터를 만들 때 쓴 기본 모델을 고르세요.',
  },
  ADAPTER_BASE_MISSING: {
    message: '“{adapter}” 어댑터는 {model} 기본 모델에 맞게 만들어졌는데, 그 모델이 여기에 없습니다.',
    hint: '먼저 그 기본 모델을 추가한 다음 다시 시도하세요.',
  },
  ADAPTER_WRONG_ARCHITECTURE: {
    message: '“{adapter}” 어댑터는 {found}[이|가] 아니라 {expected} 구조의 기본 모델에 맞게 만들어졌습니다.',
    hint: '어댑터를 만들 때 쓴 기본 모델을 고르세요. 그 모델이 여기에 없다면 먼저 추가하세요.',
  },
  ADAPTER_SHAPE: {
    message: '“{adapter}” 어댑터의 {tensor} 텐서 모양은 {found}인데, 기본 모델에는 {expected}[이|가] 필요합니다.',
    hint: '어댑터를 만들 때 쓴 기본 모델을 고르세요. 이 모델이 맞다면 어댑터가 손상되었거나, 서로 다른 어댑터의 파일이 섞인 것입니다.',
  },
  ADAPTER_TENSOR_MISSING: {
    message: '“{adapter}” 어댑터에 {tensor} 텐서가 없습니다. 설정 파일과 기본 모델에 필요한 것입니다.',
    hint: '온전한 사본을 쓰거나, 어댑터를 만들 때 쓴 기본 모델을 고르세요.',
  },
  ADAPTER_TENSOR_FOREIGN: {
    message:
      '“{adapter}” 어댑터에 {tensor} 텐서가 있지만, 이 어댑터가 바꾸는 기본 모델의 부분에는 그런 이름이 없습니다.',
    hint: '어댑터를 만들 때 쓴 기본 모델을 고르세요. 이 모델이 맞다면 어댑터가 손상되었거나, 서로 다른 어댑터의 파일이 섞인 것입니다.',
  },
  ADAPTER_UNSUPPORTED: {
    message: '“{adapter}” 어댑터는 여기서 지원하지 않는 {feature}[을|를] 씁니다.',
    hint: '보통의 LoRA 어댑터를 쓰세요.',
  },
  NOT_AN_ADAPTER: {
    message: '“{file}”[은|는] 어댑터가 아니라 {found}입니다.',
    hint: '어댑터는 {supported}입니다.',
  },
  ADAPTER_FILE_MISSING: {
    message: '“{adapter}” 어댑터를 쓸 수 없습니다. “{file}” 파일이 없습니다.',
    hint: '{folder} 폴더에 그 파일을 다시 넣거나, 어댑터를 만든 학습을 되풀이하세요.',
  },
  ADAPTER_FILE_DAMAGED: {
    message: '“{adapter}” 어댑터를 쓸 수 없습니다. “{file}” 파일이 손상되었거나 잘렸습니다.',
    hint: '{folder} 폴더에 온전한 파일을 넣거나, 어댑터를 만든 학습을 되풀이하세요.',
  },
  MODEL_WITHOUT_NUMBERS: {
    message: '“{model}”의 계산 결과가 수가 아닙니다. 가중치가 너무 큽니다.',
    hint: '빼고 평가하거나, 학습률을 낮추어 다시 학습하세요.',
  },
  FORM_REFUSED: {
    message: '답을 이 JSON 스키마에 맞출 수 없습니다({path}): {reason}.',
    hint: '스키마의 그 부분을 고치거나 빼세요.',
  },
  FORM_NOT_WRITABLE: {
    message: '“{model}”에는 이 형식의 답을 쓸 토큰이 없습니다.',
    hint: '다른 형식을 고르거나 형식 없이 물어보세요.',
  },
  RUN_NOT_FOUND: { message: '“{run}” 학습이 없습니다.', hint: '학습 목록을 확인하세요.' },
  RUN_NOT_RESUMABLE: {
    message: '“{run}” 학습을 이어서 할 수 없습니다: {reason}.',
    hint: '같은 설정으로 새 학습을 시작하세요.',
  },
  RUN_DIVERGED: {
    message: '{step}단계에서 손실이 무한해지거나 정의되지 않았습니다(행 {rows}).',
    hint: '학습률을 낮추어 다시 학습하거나, 먼저 그 행을 살펴보세요.',
  },
  RUN_NOT_REPEATABLE: {
    message: '“{run}” 학습을 되풀이할 수 없습니다: {reason}.',
    hint: '같은 설정으로 새 학습을 시작하세요.',
  },
  RUN_TOO_BIG: {
    message: '이 학습에는 메모리 {needed}[이|가] 필요하지만 쓸 수 있는 것은 {available}입니다.',
    hint: '단계마다 {rows}행, 최대 {length}토큰이면 들어갑니다. 아니면 다른 프로그램을 닫으세요.',
  },
  RUN_TOO_BIG_IN_FLOATS: {
    message: '이 학습에는 메모리 {needed}[이|가] 필요하지만 쓸 수 있는 것은 {available}입니다.',
    hint: '그래디언트 체크포인팅을 켜고 기본 모델을 {bits}비트로, 단계마다 {rows}행, 최대 {length}토큰이면 들어갑니다. 아니면 다른 프로그램을 닫으세요.',
  },
  RUN_TOO_BIG_KEEPING_LAYERS: {
    message: '이 학습에는 메모리 {needed}[이|가] 필요하지만 쓸 수 있는 것은 {available}입니다.',
    hint: '그래디언트 체크포인팅을 켜고 단계마다 {rows}행, 최대 {length}토큰이면 들어갑니다. 아니면 다른 프로그램을 닫으세요.',
  },
  RUN_BASE_TOO_BIG: {
    message: '“{base}” 학습에는 메모리 {needed}[이|가] 필요하지만 쓸 수 있는 것은 {available}입니다.',
    hint: '더 작은 기본 모델을 고르거나 다른 프로그램을 닫으세요.',
  },
  RUN_NOT_WAITING: {
    message: '“{run}” 학습은 대기열에 없습니다.',
    hint: '아직 시작하지 않은 학습만 대기 순서를 바꿀 수 있습니다.',
  },
  RUN_ALREADY_ACTIVE: { message: '“{run}” 학습이 아직 진행 중입니다.', hint: '끝날 때까지 기다리거나 멈추세요.' },
  CONTEXT_TOO_LONG: {
    message: '글이 {tokens}토큰입니다. 이 모델은 {limit}토큰까지 읽습니다.',
    hint: '글을 줄이세요.',
  },
  ANSWER_BEING_WRITTEN: {
    message: '“{conversation}” 대화에서 이미 다른 창이 답변을 받고 있습니다.',
    hint: '답변이 끝날 때까지 기다리거나 그 창에서 멈춘 다음 다시 보내세요.',
  },
  CONVERSATION_NOT_FOUND: { message: '“{conversation}” 대화가 없습니다.', hint: '새 대화를 시작하세요.' },
  MESSAGE_NOT_FOUND: { message: '“{message}” 메시지가 없습니다.', hint: '대화를 다시 여세요. 삭제되었을 수 있습니다.' },
  EVALUATION_NOT_FOUND: { message: '“{evaluation}” 평가가 없습니다.', hint: '평가 목록을 확인하세요.' },
  EVALUATION_ALREADY_ACTIVE: {
    message: '“{evaluation}” 평가가 아직 진행 중입니다.',
    hint: '끝날 때까지 기다리거나 멈추세요.',
  },
  EVALUATION_NOT_RESUMABLE: {
    message: '“{evaluation}” 평가를 이어서 할 수 없습니다: {reason}.',
    hint: '새로 시작하세요.',
  },
  ANSWERED_TABLE_NOT_FOUND: { message: '답한 표 “{table}”[이|가] 없습니다.', hint: '답한 표 목록을 확인하세요.' },
  ANSWERED_TABLE_ACTIVE: {
    message: '“{table}” 표에 아직 답하고 있습니다.',
    hint: '끝날 때까지 기다리거나 멈추세요.',
  },
  ANSWERED_TABLE_NOT_RESUMABLE: {
    message: '“{table}” 표에 이어서 답할 수 없습니다: {reason}.',
    hint: '파일로 새로 시작하세요.',
  },
  EVALUATION_NOT_JUDGEABLE: {
    message: '“{evaluation}” 평가에는 그곳에서 고를 서로 다른 두 답이 없습니다.',
    hint: '평가가 끝난 모델 두 개를 고르세요.',
  },
  EXPERIMENT_NOT_FOUND: { message: '“{experiment}” 실험이 없습니다.', hint: '실험실의 실험 목록을 확인하세요.' },
  EXPERIMENT_ALREADY_ACTIVE: {
    message: '“{experiment}” 실험이 아직 진행 중입니다.',
    hint: '끝날 때까지 기다리거나 멈추세요.',
  },
  EXPERIMENT_NOT_RESUMABLE: {
    message: '“{experiment}” 실험을 이어서 할 수 없습니다: {reason}.',
    hint: '같은 설정으로 다시 실행하세요.',
  },
  DATABASE_TOO_NEW: {
    message:
      '이 데이터 폴더는 더 새로운 Adapter Studio가 마지막으로 썼습니다(데이터 버전 {version}, 이 버전은 {known}까지 압니다).',
    hint: '새 버전을 다시 설치하거나 다른 데이터 폴더를 고르세요.',
  },
  DATABASE_DAMAGED: {
    message: '스튜디오의 데이터베이스가 손상되었습니다: {file}',
    hint: '파일은 그대로 두었습니다. 백업을 다른 폴더에 복원하거나(data restore FOLDER --home NEW) --home으로 다른 데이터 폴더를 여세요.',
  },
  DATABASE_FOREIGN: {
    message:
      '다른 프로그램이 스튜디오의 데이터베이스를 바꿨습니다. Adapter Studio가 쓰지 않는 “{part}”[이|가] 들어 있습니다: {file}',
    hint: '파일은 그대로 두었습니다. 직접 만든 백업을 다른 폴더에 복원하거나(data restore FOLDER --home NEW) --home으로 다른 데이터 폴더를 여세요.',
  },
  DATA_FOLDER_UNUSABLE: {
    message: '데이터 폴더를 둘 수 없는 곳입니다. {reason}.',
    hint: '다른 폴더를 고르거나 쓸 수 있게 만든 다음 다시 시도하세요.',
  },
  OUT_UNUSABLE: {
    message: '그곳에 쓸 수 없습니다. {reason}.',
    hint: '다른 위치나 이름을 고르거나, 그곳에 쓸 수 있게 만든 다음 다시 시도하세요.',
  },
  DATABASE_FORBIDDEN: {
    message: '스튜디오의 데이터베이스를 읽고 쓸 권한이 없습니다: {file}',
    hint: '파일은 그대로 두었습니다. 이 파일을 바꿀 권한을 얻거나 --home으로 다른 데이터 폴더를 여세요.',
  },
  DATABASE_LOCKED: {
    message: '다른 프로그램이 스튜디오의 데이터베이스를 잠그고 있습니다: {file}',
    hint: '데이터베이스 뷰어처럼 이 파일을 연 프로그램을 닫거나 끝날 때까지 기다린 다음 다시 시도하세요. 있던 것은 그대로입니다.',
  },
  DATA_FOLDER_BUSY: {
    message: '학습 중인 다른 Adapter Studio가 데이터 폴더 {folder}[을|를] 쓰고 있습니다.',
    hint: '다른 쪽을 닫거나 --home으로 다른 데이터 폴더를 고르세요.',
  },
  DATA_FOLDER_GONE: {
    message: 'Adapter Studio가 쓰는 동안 데이터 폴더가 지워졌거나 옮겨졌습니다: {folder}',
    hint: '폴더를 제자리에 되돌린 다음 Adapter Studio를 다시 시작하세요. 그 뒤에 한 일은 남지 않습니다.',
  },
  WORK_ELSEWHERE: {
    message: '이 데이터 폴더를 쓰는 다른 프로세스(명령줄 등)가 이 작업을 하고 있습니다.',
    hint: '그쪽에서 멈추거나 끝날 때까지 기다리세요.',
  },
  STUDIO_BUSY: {
    message: '학습이나 평가, 실험, 가져오기, 데이터 폴더 바꾸기가 진행 중입니다. 지금 데이터 폴더를 바꾸면 중단됩니다.',
    hint: '끝날 때까지 기다리거나 먼저 멈추세요.',
  },
  DISK_FULL: {
    message: '{folder}[이|가] 있는 디스크가 가득 찼습니다.',
    hint: '공간을 비우고 다시 시도하세요. 있던 것은 그대로입니다.',
  },
  DISK_SHORT: {
    message: '{folder}[이|가] 있는 디스크에 {needed}[이|가] 들어갈 자리가 없습니다.',
    hint: '공간을 비우고 다시 시도하세요. 삭제한 것은 설정에서 완전히 삭제할 때까지 공간을 차지합니다.',
  },
  DEVICE_MISSING: {
    message: '{device}[을|를] 쓸 수 없습니다: {reason}',
    hint: '설정에서 프로세서를 고르거나 설정보다 우선하는 환경 변수를 ADAPTER_STUDIO_DEVICE=cpu로 두고, 스튜디오를 다시 시작하세요.',
  },
  ENGINE_STOPPED: {
    message: '엔진이 예기치 않게 멈췄습니다: {reason}.',
    hint: '지금까지 한 것은 남아 있고 엔진은 저절로 다시 시작합니다. 다시 묻거나, 하던 일을 이어서 하세요.',
  },
  NOT_ALLOWED: { message: '여기서는 할 수 없는 일입니다.', hint: '명령줄에서 하세요.' },
};
