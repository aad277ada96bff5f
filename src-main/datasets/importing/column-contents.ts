import { joinsColumns, mappedTo } from '../../../src-contract/column-groups.ts';
import type { ColumnMapping, TaskId } from '../../../src-contract/task.ts';
import { numberOf } from '../../../src-contract/text-number.ts';
import { listSeparator } from '../../tasks/label-lists.ts';
import { mrc } from '../../tasks/mrc.ts';
import { isDate } from '../readers/cell-type.ts';
import { foldColumnName } from './column-names.ts';

/** What the first rows contain in one column. */
interface ColumnContents {
  readonly column: string;
  readonly place: number;
  readonly meanLetters: number;
  /** Shares of the cells that are a question, a query, a schema description, or contain words at all. */
  readonly questions: number;
  readonly queries: number;
  readonly schemas: number;
  readonly words: number;
  /** A number in every row, which does not just count them. */
  readonly isNumber: boolean;
  /** Few values say the same of many rows: a label, a sender, a country; or lists of such. */
  readonly isLabel: boolean;
  /** There are several values, in two rows each on average. */
  readonly recurs: boolean;
  /** Addresses, telephone numbers, dates or times: whose a row is, or when it came, is no answer to its text. */
  readonly isOrigin: boolean;
}

/**
 * The likely columns of a task's fields, judged by content whatever the columns are called: queries begin with SELECT,
 * questions end in a question mark, an answer occurs in its passage, a summary is much shorter than its document.
 * Fields without a clear column are absent. `named` are columns already assigned by name.
 */
export function proposeByContents(
  taskId: TaskId,
  columns: readonly string[],
  sample: readonly (readonly string[])[],
  named: ColumnMapping,
): ColumnMapping {
  const all = contentsOf(columns, sample);
  const taken = new Set(Object.values(named));
  const free = all.filter(
    ({ column, words, isOrigin }) => !taken.has(column) && words > 0.5 && !isOrigin && !isRefused(column),
  );
  const mapping: ColumnMapping = {};
  const take = (field: string, found: ColumnContents | undefined) => {
    if (!found) return;
    mapping[field] = found.column;
    free.splice(free.indexOf(found), 1);
  };
  const most = (measure: (column: ColumnContents) => number, least: number) => {
    const [best] = free.toSorted((a, b) => measure(b) - measure(a));
    return best && measure(best) >= least ? best : undefined;
  };
  const isOpen = joinsColumns(taskId) && named.context === undefined;
  const labelled = isOpen ? labelledText(columns, sample) : undefined;
  if (taskId === 'nl2sql') {
    take(
      'sql',
      most(({ queries }) => queries, 0.5),
    );
    take(
      'schema',
      most(({ schemas }) => schemas, 0.5),
    );
    take('question', most(({ questions }) => questions, 0.3) ?? (free.length === 1 ? free[0] : undefined));
  } else if (taskId === 'mrc') {
    const question = most(({ questions }) => questions, 0.5);
    take('question', question);
    const passage = most(({ meanLetters }) => meanLetters, 80);
    take('passage', passage);
    const share = ({ place }: ColumnContents) => (passage ? shareWithin(sample, place, passage.place) : 0);
    // In words of its own, an answer stands behind its question.
    const after = free.length === 1 ? free.find(({ place }) => question && place > question.place) : undefined;
    take('answer', most(share, 0.5) ?? after);
  } else if (taskId === 'summarisation') {
    // Next to a column that is called a summary, a short text may be a document: a message, or one in Korean.
    const told = all.find(({ column }) => column === named.summary)?.meanLetters;
    const document = most(({ meanLetters }) => meanLetters, told ?? 120);
    take('document', document);
    const isSummary = ({ meanLetters, questions }: ColumnContents) =>
      document !== undefined && questions <= 0.5 && meanLetters >= 12 && meanLetters <= document.meanLetters * 0.7
        ? meanLetters
        : 0;
    take('summary', most(isSummary, 12));
  } else if (labelled !== undefined) {
    return labelled;
  } else if (named.target !== undefined) {
    const [longest] = free.toSorted((a, b) => b.meanLetters - a.meanLetters);
    const alike = free.filter(({ meanLetters }) => meanLetters * 3 >= (longest?.meanLetters ?? 0));
    // Two sentences, or a subject and its text, are judged together; of very many columns nobody can tell.
    const together =
      joinsColumns(taskId) && alike.length <= mostTogether ? alike : free.filter((each) => each === longest);
    return mappedTo(
      'context',
      together.map(({ column }) => column),
    );
  } else {
    const sideOf = sidesOf(free);
    const asked = free.find((each) => sideOf(each) < 0);
    const answer = free.find((each) => sideOf(each) > 0);
    if (answer && (asked || named.context !== undefined)) {
      if (named.context === undefined) take('context', asked);
      take('target', answer);
      return mapping;
    }
    // Besides the text and its answer, other columns with words are names or notes: much shorter than both.
    const [first, second, third] = free.toSorted((a, b) => b.meanLetters - a.meanLetters);
    if (first && second && (third === undefined || third.meanLetters * 2 < second.meanLetters)) {
      // A label is written for the text, also where it stands before it.
      const isLabelled = second.isLabel && !first.isLabel && second.meanLetters * 2 < first.meanLetters;
      const inOrder = [first, second].toSorted((a, b) => sideOf(a) - sideOf(b) || a.place - b.place);
      const [context, target] = isLabelled ? [first, second] : inOrder;
      take('context', context);
      take('target', target);
    } else if (taskId === 'custom' && second === undefined) {
      const others = all.filter((each) => each !== first && !taken.has(each.column) && !each.isOrigin);
      const numbers = others.filter(({ isNumber }) => isNumber);
      // A code or a sign such as “J45.9” or “🙂” has no words.
      const labels = others.filter(({ isLabel, recurs }) => recurs && (isLabel || columns.length === 2));
      const [answer, another] = numbers.length > 0 ? numbers : labels;
      if (answer === undefined || another !== undefined) return mapping;
      take('context', first);
      take('target', answer);
    }
  }
  return mapping;
}

/**
 * The columns of texts and of what they are about, such as mails, tickets and articles. Undefined for other tables, and
 * where an answer or another text stands beside them that may be what is to be written.
 */
export function labelledText(
  columns: readonly string[],
  sample: readonly (readonly string[])[],
): ColumnMapping | undefined {
  const folded = new Set(columns.map(foldColumnName));
  // Before the cells are looked at: there may be very many columns.
  if (![[...messages, ...articles], topics].every((names) => names.some((name) => folded.has(name)))) return undefined;
  const all = contentsOf(columns, sample);
  return messageWithSubject(all) ?? messageAlone(all);
}

/** The label is learnt from both texts. */
function messageWithSubject(all: readonly ColumnContents[]): ColumnMapping | undefined {
  const subject = called(all, subjects).find(({ isLabel, words }) => !isLabel && words > 0.5);
  const message = called(all, messages).find(({ isLabel, words }) => !isLabel && words > 0.5);
  const label = called(all, topics).find(({ recurs, meanLetters }) => recurs && meanLetters <= longestLabel);
  if (!subject || !message || !label || subject.meanLetters >= message.meanLetters) return undefined;
  const isOther = (each: ColumnContents) =>
    answers.has(foldColumnName(each.column)) || (each.words > 0.5 && each.meanLetters * 2 >= message.meanLetters);
  if (all.some((each) => ![subject, message, label].includes(each) && isOther(each))) return undefined;
  const texts = [subject, message].toSorted((a, b) => a.place - b.place).map(({ column }) => column);
  return { ...mappedTo('context', texts), target: label.column };
}

/** Beside the text and its label stands who wrote it, or before it the title, which says no more than the text. */
function messageAlone(all: readonly ColumnContents[]): ColumnMapping | undefined {
  const message = called(all, [...messages, ...articles]).find(({ isLabel, words }) => !isLabel && words > 0.5);
  const label = called(all, topics).find(({ isLabel, recurs }) => isLabel && recurs);
  if (!message || !label || label.meanLetters >= message.meanLetters) return undefined;
  const isTitle = ({ column, place, meanLetters }: ColumnContents) =>
    titles.has(foldColumnName(column)) && place < message.place && meanLetters * 2 < message.meanLetters;
  // Of a product or a country there are few, however long their names; any other text may be what is to be written.
  const isOther = (each: ColumnContents) =>
    answers.has(foldColumnName(each.column)) ||
    (each.words > 0.5 && !each.recurs && !each.isOrigin && !names.has(foldColumnName(each.column)) && !isTitle(each));
  if (all.some((each) => each !== message && each !== label && isOther(each))) return undefined;
  return { context: message.column, target: label.column };
}

/** Those of any of these names, in the order of the names. */
function called(all: readonly ColumnContents[], names: readonly string[]): ColumnContents[] {
  const byName = Map.groupBy(all, ({ column }) => foldColumnName(column));
  return names.flatMap((name) => byName.get(name) ?? []);
}

/** Who wrote a message, and which thing it is about: other than a text of any other name, nothing to be written. */
const names = new Set([
  ...['name', 'customer', 'customername', 'user', 'username', 'author', 'sender', 'from', 'product', 'productname'],
  ...['kunde', 'kundenname', 'absender', 'produkt', '이름', '성명', '고객', '고객명', '회원명', '작성자', '닉네임'],
  ...['문의자', '기자', '기자명', '상품', '상품명', '제품명', '주문상품'],
]);

const subjects = ['subject', 'subjectline', 'emailsubject', 'mailsubject', 'betreff', '제목', '문의제목', '메일제목'];
const messages = [
  ...['body', 'message', 'text', 'content', 'email', 'emailbody', 'mail', 'description', 'nachricht', 'inhalt'],
  ...['beschreibung', '내용', '문의내용', '메일내용'],
];
const articles = ['article', 'artikel', '본문', '기사', '기사본문'];
const titles = new Set(['title', 'headline', 'titel', 'überschrift', 'schlagzeile', '제목', '기사제목']);
/** What is asked for first, if there are several. */
const topics = [
  ...['category', 'categories', 'kategorie', '분류', '카테고리', '문의유형', 'label', 'labels', '라벨', '레이블'],
  ...['class', 'klasse', 'intent', 'topic', 'thema', '주제', 'queue', 'department', 'abteilung', '부서', '담당부서'],
  ...['team', 'type', 'tickettype', 'typ', '유형', 'tag', 'tags', '태그', 'priority', 'priorität', '우선순위'],
];
const longestLabel = 40;

/** What a preferred answer was chosen over is neither there when somebody asks nor to be learnt. */
function isRefused(column: string): boolean {
  return /^(?:rejected|nonpreferred|dispreferred)/.test(foldColumnName(column));
}

/** Less than zero for what is called a question, more than zero for an answer, wherever it stands. */
function sidesOf(texts: readonly ColumnContents[]): (text: ColumnContents) => number {
  // Tags and keys of Anki's own may stand before a card.
  const named = texts
    .filter(({ column }) => !/^Anki /.test(column))
    .map(({ column, isLabel }) => ({ name: foldColumnName(column), isLabel }));
  const names = new Set(named.map(({ name }) => name));
  const [first] = named.filter(({ isLabel }) => !isLabel);
  const pairs = ambiguous.filter(
    ({ asked, answers, others = [], isFirst = false }) =>
      asked.some((name) => names.has(name)) &&
      answers.some((name) => names.has(name)) &&
      !others.some((name) => names.has(name)) &&
      (!isFirst || [...asked, ...answers].includes(first?.name ?? '')),
  );
  const asked = new Set([...questions, ...pairs.flatMap((pair) => pair.asked)]);
  const answered = new Set([...answers, ...pairs.flatMap((pair) => pair.answers)]);
  return ({ column }) => {
    const name = foldColumnName(column);
    return Number(answered.has(name)) - Number(asked.has(name));
  };
}

const translations = ['translation', 'targettext', '번역', '번역문', 'übersetzung'];
const questions = new Set([...(mrc.columnNames.question ?? []), 'q', 'sourcetext', '원문']);
const answers = new Set([...(mrc.columnNames.answer ?? []), ...translations, 'reply', 'solution', '답글']);

/** Names that say so only beside one another. */
const ambiguous: readonly {
  readonly asked: readonly string[];
  readonly answers: readonly string[];
  /** With one of these, they are something else. */
  readonly others?: readonly string[];
  /** Only if no other text stands before. */
  readonly isFirst?: boolean;
}[] = [
  // A source alone is where a text comes from.
  { asked: ['source'], answers: translations },
  // With B and C, A is a choice.
  { asked: ['q'], answers: ['a'], others: ['b', 'c'] },
  // Behind a title, they are the sides of a thing.
  { asked: ['front', '앞면'], answers: ['back', '뒷면'], isFirst: true },
];

/** As many columns of texts are proposed as one context. */
const mostTogether = 4;

/** Whether the supposed summaries restate their documents; a reply or a note has words of its own. */
export function sumsUp(
  columns: readonly string[],
  sample: readonly (readonly string[])[],
  { document, summary }: ColumnMapping,
): boolean {
  if (document === undefined || summary === undefined) return false;
  const [long, short] = [columns.indexOf(document), columns.indexOf(summary)];
  const shares = sample.flatMap((row) => {
    const own = wordsOf(row[short] ?? '');
    const told = new Set(wordsOf(row[long] ?? ''));
    return own.length === 0 ? [] : [own.filter((word) => told.has(word)).length / own.length];
  });
  return shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length) >= leastShared;
}

/**
 * In four public datasets, summaries share 0.5 to 0.8 of their words with their documents (mean over the first 20
 * rows).
 */
const leastShared = 0.4;

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

function contentsOf(columns: readonly string[], sample: readonly (readonly string[])[]): ColumnContents[] {
  return columns.map((column, place) => {
    const cells = sample.map((row) => row[place] ?? '').filter((cell) => cell.trim() !== '');
    const share = (fits: (cell: string) => boolean) =>
      cells.length === 0 ? 0 : cells.filter(fits).length / cells.length;
    const different = new Set(cells).size;
    return {
      ...{ column, place, meanLetters: cells.reduce((sum, cell) => sum + cell.length, 0) / Math.max(1, cells.length) },
      questions: share((cell) => cell.length < 500 && question.test(cell)),
      queries: share(isQuery),
      schemas: share((cell) => schema.test(cell) && !isQuery(cell)),
      words: areKeys(cells) ? 0 : share((cell) => /\p{L}{2}/u.test(cell) && !address.test(cell)),
      recurs: different > 1 && different <= cells.length / 2,
      // These take the longest, and are asked of few: there may be very many columns.
      get isNumber() {
        return cells.length > 0 && cells.length === sample.length && areNumbers(cells);
      },
      get isLabel() {
        return different <= cells.length / 4 || listSeparator(cells) !== undefined;
      },
      get isOrigin() {
        return share((cell) => address.test(cell) || isTime(cell)) > 0.5;
      },
    };
  });
}

/** A date, a time or a telephone number; Korean programs write 오전 or 오후 before the hour. */
function isTime(cell: string): boolean {
  if (cell.length > 40) return false;
  const plain = cell.replace(/(?<=\d.?\s+)(?:오전|오후|[ap]\.?m\.?)(?=\s*\d)/i, '').replace(/\([월화수목금토일]\)/, '');
  return isDate(plain) || isLongNumber(plain);
}

/** Of a telephone, or a date that has blanks: digits in several parts that are not one number. */
function isLongNumber(cell: string): boolean {
  return (
    numberOf(cell) === undefined && /^\s*[+(]?(?:\d[\s().:/+년월일年月日-]*){6,20}$/u.test(cell) && /\d\D+\d/.test(cell)
  );
}

/** Not 1, 2, 3, nor other numbers that rows are named by: none stands twice, and each is whole and more than the last. */
function areNumbers(cells: readonly string[]): boolean {
  const numbers = cells.map((cell) => numberOf(cell)?.value);
  if (numbers.includes(undefined)) return false;
  const all = numbers as number[];
  return !all.every((number, row) => Number.isInteger(number) && (row === 0 || number > (all[row - 1] as number)));
}

/** What rows are called by, such as `train-00017`: a word with a number, another one in each row. */
function areKeys(cells: readonly string[]): boolean {
  return new Set(cells).size === cells.length && cells.every((cell) => /\d/.test(cell) && /^[\w.:/-]+$/.test(cell));
}

export function isQuery(cell: string): boolean {
  return /^\s*(?:select|with)\b/i.test(cell);
}

const question =
  /[?？؟]["”’)]?\s*$|^\s*(?:who|what|when|where|why|which|how|is|are|does|did|wer|was|wann|wo|warum|welche[rsnm]?|wie|누가|무엇|언제|어디|왜|어떤|어떻게|몇)\b|(?:나요|까요|는가|인가|을까|습니까)\s*[.?？]?\s*$/iu;
/** Of a person or a page: forms ask for one beside their questions. Written to stay linear, as are the others. */
const address = /^\s*(?:\S[^\s@]*@\S+|https?:\/\/\S+)\s*$/;
/** Written to stay linear in cells of any length: code with long lists, an image as text. */
const schema = /\bcreate\s+table\b|\btable(?:\s*[:=])?\s*\w|\b\w+\s*\(\s*\w[^(),]*,[^()]*\)|\b\w+\s*:\s*\w+\s*,\s*\w/i;

/** The share of rows in which one cell occurs verbatim in another. */
function shareWithin(sample: readonly (readonly string[])[], place: number, whole: number): number {
  const filled = sample.filter((row) => (row[place] ?? '').trim() !== '');
  const within = filled.filter((row) =>
    (row[whole] ?? '').toLowerCase().includes((row[place] ?? '').trim().toLowerCase()),
  );
  return filled.length === 0 ? 0 : within.length / filled.length;
}
