import { locale } from './locale.svelte.ts';
import { withParticles } from './particle.ts';

/**
 * Why a file is read as it is, in the language on screen. The studio gives the reason as an English sentence; the ones it is
 * known to give have a Korean form here, and any other is shown as it came.
 */
export function formatReason(sentence: string): string {
  if (locale.current !== 'ko') return sentence;
  for (const [pattern, korean] of reasons) {
    const found = pattern.exec(sentence);
    if (found === null) continue;
    return withParticles(
      korean.replace(
        /\$(\d)/g,
        (_, place: string) => words.get(found[Number(place)] ?? '') ?? found[Number(place)] ?? '',
      ),
    );
  }
  return sentence;
}

const words: ReadonlyMap<string, string> = new Map([
  ['a comma', '쉼표'],
  ['a semicolon', '세미콜론'],
  ['a tab', '탭'],
  ['a bar', '세로줄'],
]);

const reasons: readonly (readonly [RegExp, string])[] = [
  [/^You chose it\.$/, '직접 고른 값입니다.'],
  [/^A byte order mark at the start says (.+)\.$/, '맨 앞의 바이트 순서 표시가 $1[이라고|라고] 알려 줍니다.'],
  [
    /^Zero bytes stand beside delimiters and line ends, as in (.+)\.$/,
    '구분자와 줄 끝 곁에 $1에서처럼 0 바이트가 있습니다.',
  ],
  [/^Escape sequences switch to Japanese, as in (.+)\.$/, '$1에서처럼 이스케이프 문자열로 일본어가 시작됩니다.'],
  [/^All letters are plain ASCII, which UTF-8 contains\.$/, '모든 글자가 UTF-8에 포함된 ASCII입니다.'],
  [/^All bytes of the file are valid UTF-8\.$/, '파일의 모든 바이트가 올바른 UTF-8입니다.'],
  [
    /^The bytes are not valid UTF-8 \(line (.+)\); their pattern fits (.+) best\.$/,
    '올바른 UTF-8이 아니며($1번째 줄), 바이트의 모양이 $2에 가장 잘 맞습니다.',
  ],
  [/^The first line of the file names it\.$/, '파일의 첫 줄에 적혀 있습니다.'],
  [/^There is only one column, so nothing separates cells\.$/, '열이 하나뿐이라 칸을 나누는 것이 없습니다.'],
  [/^Split at (.+), all rows looked at have (\d+) cells\.$/, '$1[으로|로] 나누면 살펴본 모든 행이 $2칸입니다.'],
  [
    /^Split at (.+), (\d+) % of the rows looked at have (\d+) cells, as the first row has\.$/,
    '$1[으로|로] 나누면 살펴본 행의 $2 %가 첫 행처럼 $3칸입니다.',
  ],
  [/^The first row holds a usual column name, “(.+)”\.$/, '첫 행에 흔한 열 이름인 “$1”[이|가] 있습니다.'],
  [/^Column (\d+) holds a number in the first row as in all others\.$/, '$1번째 열은 첫 행도 다른 행처럼 숫자입니다.'],
  [/^The first row holds text that is too long for a column name\.$/, '첫 행의 글이 열 이름이라기에는 너무 깁니다.'],
  [/^The first row reads like column names\.$/, '첫 행이 열 이름처럼 보입니다.'],
];
