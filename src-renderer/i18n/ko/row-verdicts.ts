import type { RowVerdictCode } from '../../../src-contract/row-verdict.ts';

/** The verdicts of src-contract/row-verdict.ts in Korean, with the same codes and fields. */
export const rowVerdicts: Readonly<Record<RowVerdictCode, string>> = {
  ROW_TOO_MANY_CELLS:
    '행에 칸이 {found}개 있지만 열은 {columns}개입니다. 구분자가 든 칸이 따옴표로 묶이지 않았을 수 있습니다.',
  ROW_CELL_MISSING: '행이 “{column}” 열 앞에서 끝납니다.',
  ROW_CONTEXT_EMPTY: '“{column}” 열의 칸이 비어 있습니다.',
  ROW_TARGET_EMPTY: '“{column}” 열의 칸이 비어 있습니다.',
  ROW_CELL_TOO_LONG: '“{column}” 열의 칸이 {letters}자입니다. {most}자까지 쓸 수 있습니다.',
  ROW_QUOTE_OPEN: '이 줄에서 열린 따옴표가 닫히지 않습니다.',
  ROW_TOO_LONG: '이 줄에서 시작하는 행이 1,600만 자를 넘습니다. 이 줄에 닫히지 않은 따옴표가 있을 수 있습니다.',
  ROW_ENCODING: '행에 {encoding} 인코딩으로 읽을 수 없는 바이트가 있습니다.',
  ROW_HEADER_AGAIN: '열 이름이 다시 적힌 행입니다.',
  ROW_HEADER_OTHER: '열 이름이 다른 순서나 다른 이름으로 다시 적힌 행입니다. 그 아래 행은 이 이름대로 읽었습니다.',
  ROW_PADDING: '파일의 끝을 알리거나 채우는 기호만 있는 행입니다.',
  ROW_SUMS: '다른 행을 더한 합계이므로 예시가 아닙니다.',
  ROW_RULE: '글 없이 기호로 그은 줄입니다.',
  ROW_SECOND_TABLE: '빈 줄 다음의 이 행에서 다른 표가 시작하는 듯합니다. 열은 {columns}입니다.',
  ROW_JSON_INVALID: 'JSON 객체가 아니거나 다른 것들과 형식이 다릅니다.',
  ROW_XML_DAMAGED: '항목이 제대로 끝나지 않거나, 파일이 여기서 잘렸습니다.',
  ROW_TAG_UNREADABLE: '이 문장의 한 단어 뒤에 태그가 없거나 읽을 수 없습니다.',
  ROW_JSON_OPEN:
    '이 행의 따옴표나 괄호가 닫히지 않았거나 파일이 여기서 끊겼습니다. 그 뒤의 모든 내용이 이 행의 일부로 읽혀 제외되었습니다.',
  ROW_JSON_MENDED:
    '올바른 JSON이 아닙니다. 마지막 값 뒤에 쉼표가 있거나 글에 줄바꿈이나 탭이 그대로 있습니다. 뜻이 하나뿐이라 그렇게 읽었습니다.',
  ROW_DOCUMENT_DAMAGED:
    '문서를 읽을 수 없습니다. 손상되었거나 이름의 확장자와 다른 종류입니다. 원래 프로그램에서 열어 다시 저장하세요.',
  ROW_DOCUMENT_EMPTY: '문서에 글이 없습니다. 스캔한 문서에는 그림만 있습니다.',
  ROW_DOCUMENT_LARGE: '문서가 64MB보다 크거나 읽는 데 메모리가 1GB 넘게 듭니다. 나누거나 글만 저장하세요.',
  ROW_DOCUMENT_LOCKED: '문서가 암호로 잠겨 있습니다. 암호 없는 사본을 저장하세요.',
  ROW_DOCUMENT_SLOW: '문서를 읽는 데 1분이 넘게 걸렸습니다. 나누거나 텍스트로 저장하세요.',
  ROW_NO_ANSWER: '대화가 어시스턴트의 답으로 끝나지 않습니다.',
  ROW_REPLY_UNCLEAR:
    '메시지가 대화의 어디에 있는지 알 수 없습니다. ID가 없거나 다른 메시지의 ID와 같거나, 자기에게 답한 메시지에 답합니다.',
  ROW_DISLIKED: '나쁜 답으로 표시되어 있어(label이 false) 배우지 않아야 합니다.',
  ROW_LEFT_OUT: '전에 가져올 때 제외된 행이고 그 까닭이 아직 적혀 있습니다. 고쳤는지는 이 행만으로 알 수 없습니다.',
  ROW_TEXT_AFTER_QUOTE: '닫는 따옴표 뒤에 글이 있어 그대로 두었습니다.',
  ROW_REPLACED: '행에 “�”가 있습니다. 이 파일이 만들어지기 전에 글자를 잃었습니다.',
  ROW_COMPOSED:
    '행의 글자가 macOS의 파일 이름처럼 자모나 부호로 나뉘어 저장되어 있어, 사람이 입력하는 모양으로 합쳤습니다.',
  ROW_NUL: '행에 NUL 문자가 있어 그대로 두었습니다.',
  ROW_SHORT: '칸이 {found}개로 열 {columns}개보다 적지만 필요한 칸은 있습니다.',
  ROW_KEYS_LEFT: '처음 행들에 없던 키가 있습니다. 그 키는 열이 아니어서 그 내용은 가져오지 않았습니다.',
  ROW_CELL_TWICE: '파일에 이 행의 한 칸에 대한 글이 두 개 있어 나중 것을 가져왔습니다.',
  ROW_SPLIT_UNKNOWN: '분할 열에 학습, 검증, 테스트 가운데 아무것도 없어 분할 열이 없는 행처럼 나누었습니다.',
  ROW_FORMULA: '수식처럼 시작하는 칸을 글자로 두었습니다.',
};
