import type { datasetReasons as english } from '../../../src-contract/dataset-reason.ts';

/**
 * Why a table, an archive or a database cannot be used (src-contract/dataset-reason.ts), in Korean, with the same codes
 * and fields.
 */
export const datasetReasons: Readonly<Record<keyof typeof english, string>> = {
  READING_FORBIDDEN: '읽을 권한이 없습니다',
  SYSTEM_SAYS: '시스템 오류 {code}',
  PATH_READ_ONLY: '디스크가 읽기 전용이라 “{path}”에 쓸 수 없습니다',
  PATH_FORBIDDEN: '이 계정에 권한이 없어 “{path}”에 쓸 수 없습니다',
  PATH_FOLDER_MISSING: '“{folder}” 폴더가 없습니다',
  PATH_TAKES_NOTHING: '“{folder}” 폴더에는 아무것도 만들 수 없습니다',
  PATH_FILE_IN_WAY: '같은 자리에 파일이 있어 “{path}” 폴더를 만들 수 없습니다',
  PATH_TOO_LONG: '“{path}”[은|는] 경로나 이름이 너무 길어 만들 수 없습니다',
  PATH_FILE_LIMIT:
    '디스크가 그만한 크기의 파일을 받지 않아 “{path}”에 쓸 수 없습니다. FAT32 형식의 디스크는 4 GB까지 받습니다',
  PATH_UNWRITABLE: '“{path}”에 쓸 수 없습니다(시스템 오류 {code})',
  ENCODING_UNKNOWN: '“{encoding}”[은|는] 알 수 없는 인코딩입니다',
  NO_ROWS_BELOW_HEADER: '머리글 아래에 행이 없습니다',
  ONLY_ROW_REFUSED: '1행을 읽었는데 쓸 수 없습니다. {verdict}',
  ALL_ROWS_REFUSED: '{count}행을 읽었는데 모두 쓸 수 없습니다. 첫 행: {verdict}',
  SPEAKER_UNKNOWN: '“{name}”[이라는|라는] 사람이 없습니다. 있는 사람은 {found}입니다',
  SPEAKER_OF_DATASET:
    '이 데이터셋의 답은 “{name}”의 것인데 이 파일에는 그 사람이 없습니다. 별도의 데이터셋으로 가져오세요',
  SHEET_UNKNOWN: '“{sheet}” 시트가 없습니다. 있는 시트는 {sheets}입니다',
  XLSX_TEXTS_TOO_LARGE: '글이 256 MB를 넘습니다. 시트를 CSV로 저장하세요',
  XLSX_TEXT_TOO_LONG: '“{entry}”의 한 칸이나 한 행이 {size} MB를 넘습니다',

  FOLDER_TOO_LARGE: '4 GB가 넘는 폴더는 ZIP 파일로 만들어 보내야 합니다',
  ARCHIVE_ENCRYPTED: '암호화되어 있습니다',
  ARCHIVE_CUT_OFF: '잘렸거나 손상되었습니다',
  ARCHIVE_DIRECTORY_DAMAGED: '파일 목록이 손상되었습니다',
  ARCHIVE_TOO_MANY: '파일이 {most}개를 넘습니다',
  ARCHIVE_PACKING_UNKNOWN: '“{entry}”[은|는] 지원하지 않는 방식으로 압축되어 있습니다',
  ARCHIVE_ENTRY_DAMAGED: '“{entry}”[이|가] 손상되었습니다',
  ARCHIVE_ENTRY_LONGER: '“{entry}”[을|를] 풀면 적혀 있는 크기보다 큽니다',
  ARCHIVE_ENTRY_TOO_LARGE: '“{entry}”[을|를] 풀면 {size} MB가 됩니다',
  ARCHIVE_UNPACKS_TO: '풀면 {size} MB가 됩니다',
  ARCHIVE_UNPACKS_BEYOND: '풀면 {size} MB를 넘습니다',

  DATABASE_NOT_FOR_TASK: '데이터베이스에 대한 질문에만 데이터베이스를 첨부할 수 있습니다',
  DATABASES_UNNAMED: '이 폴더의 데이터베이스를 가리키는 행이 없습니다',
  FOLDER_WITHOUT_DATABASE: '폴더에 .sqlite, .sqlite3, .db로 끝나는 파일이 없습니다',
  ARCHIVE_WITHOUT_DATABASE: '압축 파일에 .sqlite, .sqlite3, .db로 끝나는 파일이 없습니다',
  NOT_SQLITE: 'SQLite 파일이 아닙니다',
  SQL_SCRIPT:
    'SQL 문이 적힌 파일입니다. 이 명령으로 데이터베이스를 만들 수 있습니다: sqlite3 "{name}.sqlite" ".read \'{script}\'"',

  DATASET_NAME_TAKEN: '“{name}” 데이터셋이 이미 있습니다',
  ROW_UNKNOWN: '데이터셋에 “{row}” 행이 없습니다',
  VERSION_UNKNOWN: '버전 {version}[이|가] 없습니다',
  FIELD_UNKNOWN: '“{field}”[은|는] 이 작업의 필드가 아닙니다. 쓸 수 있는 필드는 {fields}입니다',
  PATTERN_INVALID: '올바른 정규식이 아닙니다({message})',
  PATTERN_SLOW: '이 행들에서는 지나치게 오래 걸립니다. (a+)+처럼 반복을 다시 반복하는 식일 수 있습니다',
  ROW_TEXT_EMPTY: '비어 있거나 공백뿐입니다',
  SCHEMA_TEXT_TOO_LONG:
    '“{database}”의 스키마 글을 넣으면 입력이 {letters}자가 되는데, 최대 {most}자입니다. 스키마 글 없이 첨부하세요',
  ROW_TEXT_TOO_LONG: '{row}번째 행의 글이 {letters}자가 되는데, 최대 {most}자입니다',

  UPLOAD_TOO_LARGE: '파일이 {size} GiB보다 큽니다',
  UPLOADS_TOO_MANY: '한꺼번에 보내는 파일이 너무 많습니다',
  UPLOAD_UNFINISHED: '파일을 끝까지 보내지 않았습니다',
  UPLOAD_GONE: '파일이 더는 없으니 다시 고르세요',
  EXPORT_GONE: '파일이 더는 없으니 다시 내보내세요',
};
