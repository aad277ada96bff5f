import type { FileReasonCode } from '../../../src-contract/file-reason.ts';

/** Why a file is read as it is (src-contract/file-reason.ts), in Korean, with the same codes and fields. */
export const fileReasons: Readonly<Record<FileReasonCode, string>> = {
  CHOSEN: '직접 고른 값입니다.',
  ENCODING_BOM: '맨 앞의 바이트 순서 표시가 {encoding}[이라고|라고] 알려 줍니다.',
  ENCODING_BOM_WRONG: '맨 앞의 바이트 순서 표시는 {encoding}[이라고|라고] 하지만 뒤는 UTF-8입니다.',
  ENCODING_BOM_TWICE: '맨 앞의 바이트 순서 표시는 UTF-8이라고 하지만 뒤는 {encoding}입니다.',
  ENCODING_ZERO_BYTES: '구분자와 줄 끝 곁에 {encoding}에서처럼 0 바이트가 있습니다.',
  ENCODING_ESCAPES: '{encoding}에서처럼 ASCII 기호로 다른 문자가 시작됩니다.',
  ENCODING_ASCII: '모든 글자가 UTF-8에 포함된 ASCII입니다.',
  ENCODING_UTF8: '파일의 모든 바이트가 올바른 UTF-8입니다.',
  ENCODING_MISREAD:
    '파일은 올바른 UTF-8이지만, 글자가 전에 서유럽 글로 잘못 읽은 {encoding}처럼 보입니다. 있는 그대로 둡니다.',
  ENCODING_UTF8_DAMAGED:
    '거의 모든 바이트가 올바른 UTF-8이지만 {line}번째 줄부터 {places}곳이 깨져 있습니다. 그 행은 제외됩니다.',
  ENCODING_DECLARED: '파일의 첫 줄에 {encoding}[이라고|라고] 적혀 있습니다.',
  ENCODING_PATTERN: '올바른 UTF-8이 아니며({line}번째 줄), 바이트의 모양이 {encoding}에 가장 잘 맞습니다.',
  ENCODING_UNSURE:
    '올바른 UTF-8이 아니며({line}번째 줄), 어느 인코딩인지 알려 주는 글자가 적습니다. {encoding}[은|는] 추측이고 {other}일 수도 있으니 글자가 맞는지 확인하세요.',
  DELIMITER_NAMED: '파일의 첫 줄에 적혀 있습니다.',
  DELIMITER_NONE: '열이 하나뿐이라 칸을 나누는 것이 없습니다.',
  DELIMITER_ALL: '{delimiter}[으로|로] 나누면 살펴본 모든 행이 {cells}칸입니다.',
  DELIMITER_SHARE: '{delimiter}[으로|로] 나누면 살펴본 행의 {percent} %가 {cells}칸입니다.',
  DELIMITER_FIXED: '살펴본 모든 행의 칸이 공백으로 줄이 맞춰져 같은 자리에서 시작합니다. 자리: {places}.',
  DELIMITER_BLANKS: '공백이 하나 이상 있는 곳마다 나누면 살펴본 행이 모두 {cells}칸입니다.',
  DELIMITER_DRAWN: '세로줄과 가로줄로 그린 표입니다. 양 끝의 세로줄과 칸 둘레의 공백은 뺐습니다.',
  QUOTE_UNUSED: '살펴본 행에는 따옴표로 묶인 칸이 없습니다.',
  QUOTE_CELLS: '살펴본 칸 가운데 {cells}개가 이 따옴표로 묶여 있고 모두 닫혀 있습니다.',
  QUOTE_ROWS: '행마다 전체가 이 따옴표로 묶여 있습니다. 따옴표를 벗기고 그 안을 칸으로 나누었습니다.',
  QUOTE_SOME_OPEN: '살펴본 칸 가운데 {cells}개가 이 따옴표로 묶여 있으며, {damaged}개는 제대로 닫히지 않았습니다.',
  QUOTE_PLAIN: '글 속에 따옴표가 있지만 칸을 묶는 데 쓰이지 않았습니다.',
  ESCAPE_DOUBLED: '칸 안의 따옴표는 두 번 적혀 있습니다.',
  ESCAPE_BACKSLASH: '칸 안의 따옴표 앞에 역슬래시가 있습니다.',
  HEADER_KNOWN_NAME: '첫 행에 흔한 열 이름인 “{name}”[이|가] 있습니다.',
  HEADER_WORDS: '{column}번째 열은 첫 행만 낱말이고 아래는 숫자나 날짜입니다.',
  HEADER_NUMBERS: '{column}번째 열은 첫 행도 다른 행처럼 숫자입니다.',
  HEADER_LONG: '첫 행의 글이 열 이름이라기에는 너무 깁니다.',
  HEADER_SENTENCE: '{column}번째 열의 첫 행이 아래 행들처럼 온전한 문장입니다.',
  HEADER_REPEATED: '{column}번째 열에서 첫 행의 글이 아래에 또 나옵니다.',
  HEADER_LIKELY: '첫 행이 열 이름처럼 보입니다.',
  HEADER_ROWS: '숫자나 날짜 열 위의 처음 {rows}행이 낱말입니다.',
  HEADER_GROUPS: '첫 행은 열의 묶음을, 그 아래 행은 각 열을 부릅니다.',
  HEADER_MERGED: '처음 {rows}행에서 병합된 칸이 여러 열을 묶어 부릅니다.',
  HEADER_DELIMITER: '첫 행은 {delimiter}[으로|로] 나뉘고, 아래 행은 다르게 나뉩니다.',
  HEADER_KEYS: '이름이 파일 안에 들어 있습니다.',
  NAMES_TWICE: '두 번 나오는 이름에는 뒤에 번호를 붙였습니다: {names}.',
  NAMES_MISSING: '이름이 없는 열은 자리로 부릅니다: {names}.',
  HEADER_ANKI: 'Anki가 노트 위에 쓴 줄에 열이 무엇인지 적혀 있습니다.',
  SKIPPED_ANKI: 'Anki가 노트 위에 쓴 줄: {lines}줄.',
  SKIPPED_NONE: '표가 첫 줄에서 시작합니다.',
  SKIPPED_SEPARATOR: '첫 줄은 구분자만 알려 줍니다.',
  SKIPPED_PREAMBLE: '처음 {lines}줄은 아래의 표보다 칸이 적습니다.',
  SKIPPED_COMMENTS: '처음 {lines}줄은 #로 시작하는 주석입니다.',
  SECOND_TABLE: '빈 줄 다음의 {line}번째 줄에서 다른 표가 시작하는 듯합니다. 그 행들은 하나씩 알려 드립니다.',
  SHEET_MERGED:
    '병합된 칸(모두 {count}곳, 첫 곳은 {first})은 첫 칸에만 글이 있습니다. 나머지는 파일에 있는 대로 비어 있습니다.',
  SHEET_HIDDEN: '시트에 숨긴 행({rows}개)과 열({columns}개)도 다른 것과 똑같이 읽습니다.',
  SHEET_FIRST: '시트 {sheets}개 가운데 표가 있는 첫 시트입니다.',
  SHEET_LONG: '시트 {sheets}개 가운데 긴 표가 있는 첫 시트입니다. 앞의 시트에는 몇 행밖에 없습니다.',
  FORMAT_SIGNATURE: '파일의 첫 바이트가 알려 줍니다.',
  FORMAT_CONTENT: '줄마다, 또는 파일 전체가 JSON입니다.',
  FORMAT_SHAPE: '살펴본 모든 기록에 “{shape}” 형식의 키 {keys}[이|가] 있습니다.',
  SHAPE_TRANSCRIPT:
    '“{keys}” 열의 텍스트마다 “### Response:”나 “<|im_start|>”처럼 누가 말하는지 알려 주는 표시가 있는 대화입니다. 학습할 때 기본 모델의 표시를 쓰므로 이 표시는 빼고 입력과 목표로 읽었습니다. 이 열도 그대로 있으니 대신 고를 수 있습니다.',
  SHAPE_TEXTS: '“{keys}”의 텍스트 목록을 두 사람이 번갈아 말하는 대화로 읽었습니다. 두 번째 사람이 답합니다.',
  SHAPE_TREE:
    '“{keys}”의 메시지에 답글이 있고, 답글에도 답글이 있습니다. 답글이 여럿이면 순위가 가장 높은 것, 없으면 첫 번째 것을 읽었습니다.',
  SHAPE_TRANSLATION: '“{keys}”의 값마다 언어별 텍스트가 있습니다. 언어마다 열이 하나입니다.',
  SHAPE_CHOICES: '질문의 보기({keys})는 입력에 들어가고, 목표는 맞는 보기입니다.',
  SHAPE_ANSWERS: '질문에 맞는 답이 여럿이면({keys}) 첫 번째 것을 읽었습니다.',
  SHAPE_INTENTS:
    '패턴마다 한 행입니다({keys}). 목표는 그 태그의 응답을 차례로 하나씩 쓴 것입니다. 태그를 배우게 하려면 태그 열을 고르세요.',
  SHAPE_LIKED: '답마다 좋은지 나쁜지 표시되어 있습니다({keys}). 나쁜 답은 뺐습니다.',
  SHAPE_LABELS: '라벨 목록({keys})은 쉼표로 이어 썼습니다.',
  SHAPE_MARKS: '텍스트에서 위치로 표시한 것({keys})은 한 줄에 하나씩 “텍스트: 라벨”로 썼습니다.',
  SHAPE_LABEL_STUDIO:
    'Label Studio에서 내보낸 작업입니다. 작업에 대한 질문마다 열이 하나이고, 건너뛰지 않은 첫 번째 사람의 답을 썼습니다. 텍스트에 표시한 것은 한 줄에 하나씩 “텍스트: 라벨”로 썼습니다.',
  TURNS_EACH: '어시스턴트의 답마다 한 행이 됩니다. 그 앞의 대화가 입력입니다.',
  TURNS_TOLD: '살펴본 대화가 모두 같은 지시로 시작합니다. 여기서 채팅할 때는 아무도 적지 않으므로 뺐습니다: “{text}”',
  FORMAT_CHAT: '내보낸 채팅처럼 줄이 시각과 이름으로 시작합니다.',
  FORMAT_QUESTIONS:
    '“Q:”와 “A:”처럼 질문과 답에 표시가 있습니다. 질문 {questions}개마다 표시를 뺀 한 행이 됩니다. 답은 다음 제목이나 가로줄에서 끝납니다.',
  FORMAT_TRANSLATIONS:
    '번역 메모리입니다. 항목마다 한 행이고, 언어마다 한 열입니다({languages}). 텍스트 안의 서식 코드는 뺐습니다.',
  FORMAT_TAGGED:
    '한 줄에 단어 하나와 태그가 있고 문장 사이에 빈 줄이 있습니다(CoNLL). 문장마다 한 행입니다. 태그가 붙은 말은 한 줄에 하나씩 “텍스트: 라벨”로 썼고, 없는 문장은 “{none}”입니다.',
  FORMAT_LINE: 'LINE에서 내보낸 채팅처럼 날짜가 적힌 줄 아래의 줄이 시각과 이름으로 시작합니다.',
  FORMAT_EXPORT: '{program}에서 내보낸 채팅의 키가 있습니다: {keys}.',
  MESSAGES:
    '한 행에 메시지 하나입니다. 대화 {conversations}개에 메시지 {messages}개, “{speaker}”의 답 {replies}개가 있습니다. 답마다 한 행이 되고, 그 앞에 오간 말이 입력입니다. 한쪽이 이어서 한 말은 한 차례로 봅니다.',
  MESSAGES_FIRST:
    '한 행에 메시지 하나입니다. 처음 메시지 {messages}개에 대화 {conversations}개, “{speaker}”의 답 {replies}개가 있습니다. 답마다 한 행이 되고, 그 앞에 오간 말이 입력입니다. 한쪽이 이어서 한 말은 한 차례로 봅니다.',
  DOCUMENTS: '문서 {files}개로 읽습니다. 읽을 수 없는 문서는 이름과 함께 보여 줍니다.',
  DOCUMENTS_SKIPPED: '배울 문서도 표도 아니어서 읽지 않은 파일: {files} (모두 {count}개).',
  DOCUMENT_PIECES:
    '이 글들처럼 쓰기: 제목과 소제목을 보고 그 아래 글을 씁니다. 긴 글은 문단 사이에서 한글 400자(로마자 {letters}자)쯤으로 나눕니다.',
  DOCUMENT_QUESTIONS:
    '제목이나 굵은 줄로 된 질문, 또는 “Q:”와 “A:”처럼 표시한 질문마다 그 아래의 답과 한 행이 됩니다. 답은 다음 질문이나 제목에서 끝납니다. 다른 곳에 있는 글은 빠지고, 그런 질문이 없는 문서는 단락으로 나눕니다.',
  DOCUMENT_WHOLE:
    '이 글들처럼 쓰기: 제목을 보고 문서 전체를 씁니다. 기본 모델이 읽을 수 있는 것보다 긴 부분은 학습할 때 잘립니다.',
  DOCUMENT_UNWRITTEN:
    '문서마다 요약을 기다립니다. 가져온 뒤 한 문서씩 직접 쓰거나, 모델이 쓴 초안을 확인하면 행이 됩니다.',
  DOCUMENT_LABELLED: '문서마다 한 행이고, 문서가 든 폴더의 이름이 분류 이름입니다: {folders}.',
  DOCUMENT_PAIRS:
    '문서 하나가 그에 딸린 “{kind}”[과|와] 함께 한 행입니다. 딸린 것은 문서의 이름을 딴 파일이나 글 위의 항목에서 가져옵니다. 없는 것은 가져온 뒤에 쓸 수 있습니다.',
  MESSAGES_TREE:
    '{column} 열에 메시지마다 어느 메시지에 답했는지 적혀 있습니다. 답글이 여럿이면 순위가 가장 높은 것, 없으면 첫 번째 것을 읽고 나머지는 뺐습니다.',
  MESSAGES_NAMED: '답 앞에서 여러 사람이 말하면 입력에 이름을 적어 구별합니다: “민수: …”.',
  MESSAGES_NEWEST:
    '최근 메시지가 먼저 나옵니다. 다음 메시지로 갈 때 {all}번 중 {back}번은 시각이 앞섭니다. 그래서 순서를 뒤집어 읽습니다.',
  MESSAGES_LEFT: '메시지가 아니어서 읽지 않은 것(알림, 사진, 전달된 메시지, 빈 칸): {count}개.',
  CONVERSATIONS_COLUMN: '{column} 열로 대화를 나눕니다.',
  CONVERSATIONS_PAUSE: '{hours}시간 동안 말이 없으면 새 대화로 봅니다.',
  CONVERSATIONS_CHATS: '채팅마다 따로 읽고, {hours}시간 동안 말이 없으면 새 대화로 봅니다.',
  CONVERSATIONS_ONE: '시각이나 대화 번호가 담긴 열이 없어 모두 한 대화로 봅니다.',
  SPEAKER_ROLE: '“{speaker}”[은|는] 답하는 일을 하는 사람을 부르는 말입니다.',
  SPEAKER_SELF: '메신저는 채팅을 저장한 사람을 “{speaker}”[이라고|라고] 부릅니다.',
  SPEAKER_OTHER: '파일 이름은 “{speaker}”[이|가] 아닌 상대의 이름입니다.',
  SPEAKER_WITH: '채팅 첫머리에 적힌 이름은 “{speaker}”[이|가] 아닌 상대의 이름입니다.',
  SPEAKER_CHATS: '“{speaker}”보다 많은 채팅에 참여한 사람이 없습니다.',
  SPEAKER_MOST: '“{speaker}”보다 자주 답하는 사람이 없습니다.',
  LISTS_SPLITS: '목록 {names}[을|를] 한 표로 읽습니다. 행이 들어 있는 목록이 그 행의 분할입니다.',
  LISTS_LEFT: '가장 긴 목록을 읽습니다. 읽지 않은 목록과 값의 수: {names}.',
  PARTS_JOINED: '파일 {files}개를 합쳤습니다. 이름이 같은 열은 하나로 합칩니다.',
  PARTS_OTHER: '열이 달라서 읽지 않음: {files} (모두 {count}개).',
  PARTS_SPLITS: '파일 이름이 그 행의 분할을 알려 줍니다: {splits}.',
  PARTS_SKIPPED: '표가 아니어서 읽지 않음: {files} (모두 {count}개).',
};
