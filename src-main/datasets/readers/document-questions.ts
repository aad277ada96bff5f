import type { Block, DocumentText } from './document-blocks.ts';
import { type Answered, answeredQuestions } from './transcript.ts';

/**
 * The questions that a document answers one after another: those marked as such, as with `Q:` and `A:`, or headings and
 * bold lines that end in a question mark, each with the text below it. Undefined unless they are most of the document.
 */
export function documentQuestions({ blocks }: DocumentText): Pick<Answered, 'asked' | 'answer'>[] | undefined {
  return answeredQuestions(blocks.map(marked).join('\n\n')) ?? headedQuestions(blocks);
}

/** Headings as in Markdown, so that an answer ends there; but for those with a mark of a question. */
function marked({ level, text }: Block): string {
  return level === undefined || /^\S{1,12}\s?\d{0,3}\s*[:：.)]/u.test(text) ? text : `${'#'.repeat(level)} ${text}`;
}

interface Open {
  asked: string;
  readonly level: number | undefined;
  readonly answer: string[];
}

function headedQuestions(blocks: readonly Block[]): Pick<Answered, 'asked' | 'answer'>[] | undefined {
  const found: Open[] = [];
  let open: Open | undefined;
  let [letters, all] = [0, 0];
  for (const block of blocks) {
    all += block.text.length;
    if (isQuestion(block)) {
      const asked = block.text.replace(number, '');
      // Two in a row are answered together.
      if (open?.answer.length === 0 && open.level === block.level) open.asked += `\n${asked}`;
      else {
        open = { asked, level: block.level, answer: [] };
        found.push(open);
      }
    } else if (open && endsAnswer(block, open)) open = undefined;
    else open?.answer.push(block.text);
    if (open) letters += block.text.length;
  }
  const answered = found.filter(({ answer }) => answer.length > 0).length;
  if (found.length < fewest || answered < found.length * 0.9 || letters < all * leastShare) return undefined;
  return found.map(({ asked, answer }) => ({ asked, answer: answer.join('\n\n') }));
}

const fewest = 3;
/** Of the document's letters, for questions and answers. */
const leastShare = 0.5;

function isQuestion({ level, isBold, text }: Block): boolean {
  return (level !== undefined || isBold === true) && text.length <= longestQuestion && questionEnd.test(text);
}

const longestQuestion = 300;
const questionEnd = /[?？؟]["”’)]*$/u;
/** `- `, `3. ` or `Q3: ` */
const number = /^(?:[-•*]\s+)?(?:(?:Q|문|질문)\s?\d{0,3}\s?[.):：]\s*|\d{1,3}[.)]\s*)?/iu;

/** Whether something else begins: a heading that is not below the question, or a short bold line like one. */
function endsAnswer({ level, isBold, text }: Block, open: Open): boolean {
  if (level !== undefined) return open.level === undefined || level <= open.level;
  return isBold === true && open.level === undefined && text.length <= longestTitle && !/[.!:…。！：]$/u.test(text);
}

const longestTitle = 80;
