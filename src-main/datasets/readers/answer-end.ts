/**
 * An answer in a text of questions without what follows it: from the next heading or rule on, the text is about
 * something else. `level` is that of the headings that the questions are, or 0: lower ones belong to an answer.
 */
export function untilNextPart(answer: string, level: number): string {
  const lines = answer.split('\n');
  let isCode = false;
  const end = lines.findIndex((line, place) => {
    if (/^\s{0,3}(?:```|~~~)/.test(line)) isCode = !isCode;
    if (isCode || place === 0) return false;
    const signs = /^\s{0,3}(#{1,6})[ \t]/.exec(line)?.[1]?.length;
    if (signs !== undefined) return level === 0 || signs <= level;
    return isUnderlined(lines, place) || rule.test(line);
  });
  return end < 0 ? answer : lines.slice(0, end).join('\n').trim();
}

/** Whether a line is a title with a rule below it, and a paragraph of its own. */
function isUnderlined(lines: readonly string[], place: number): boolean {
  const [above = '', title = '', below = ''] = lines.slice(place - 1, place + 2);
  return above.trim() === '' && title.trim() !== '' && rule.test(below);
}

const rule = /^[ \t]{0,3}(?:-{3,}|={3,}|\*{3,}|_{3,}|(?:- ){2,}-|(?:\* ){2,}\*)[ \t]*$/;

/** How an answer begins: its first paragraph, with the list or the code below it. */
export function firstParagraph(answer: string): string {
  return answer.slice(0, /\n[ \t]*\n(?![ \t]*(?:[-*+•]|\d{1,3}[.)])[ \t]|[ \t]{2}|```|\n)/.exec(answer)?.index);
}
