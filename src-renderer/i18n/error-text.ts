import { type ErrorCode, errorCatalogue, isErrorCode } from '../../src-contract/errors.ts';
import {
  type FailureReason,
  failureReasonSchema,
  failureReasons,
  isFailureReasonCode,
  wordsByField,
} from '../../src-contract/failure-reason.ts';
import { type FileKind, fileKinds } from '../../src-contract/file-kind.ts';
import { fillIn } from '../../src-contract/fill-in.ts';
import { withParticles } from '../../src-contract/particle.ts';
import { literally } from '../../src-contract/regexp-literally.ts';
import { formatVerdict } from './format-verdict.ts';
import { isolatedTexts } from './isolated.ts';
import { errors as korean } from './ko/errors.ts';
import { failureReasons as koreanReasons } from './ko/failure-reasons.ts';
import { fileKindsKo } from './ko/file-kinds.ts';
import { locale } from './locale.svelte.ts';
import { isTextKey, t } from './text.ts';

/** A failure as a person reads it: the permanent code, what happened and why, what to do. */
export interface ErrorText {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/**
 * Describes anything thrown, or a failure stored with a run (`{ code, message, hint }`), in the language on screen. A
 * code outside the catalogue is a fault of the studio or of the connection.
 */
export function errorText(error: unknown): ErrorText {
  const { code, message, hint, data } = fieldsOf(error);
  if (code === undefined) {
    if (isConnectionFault(message)) return fixedText('CONNECTION_LOST', 'connection');
    return fixedText('UNEXPECTED', 'unexpected');
  }
  if (isErrorCode(code)) return catalogued(code, data ?? dataOf(code, { message, hint }), { message, hint });
  if (code === 'BAD_REQUEST') return fixedText(code, 'input');
  if (code === 'INTERNAL_SERVER_ERROR') return fixedText(code, 'unexpected');
  return { code, message, hint };
}

/** Whether that is what was thrown; false while nothing was. */
export function isError(error: unknown, code: ErrorCode): boolean {
  return error !== undefined && errorText(error).code === code;
}

function catalogued(
  code: ErrorCode,
  data: Record<string, unknown>,
  kept: { message: string; hint: string },
): ErrorText {
  const option = `runs.option.${data.option}`;
  // A setting goes by the name of its field.
  if (code === 'OPTION_INVALID' && isTextKey(option)) {
    return catalogued(code, { ...data, option: t(option) }, { ...kept, message: '' });
  }
  // A reason in a program's own words is a sentence: only names are isolated.
  const { reason } = data;
  const facts: Record<string, unknown> = {
    ...isolatedTexts(data),
    ...(reason !== undefined && { reason }),
    ...reasonInWords(data.because),
  };
  if (locale.current === 'ko') {
    const { message, hint } = korean[code];
    const told = (words: string) => withParticles(fillIn(words, { ...facts, found: kindInKorean(facts.found) }));
    return { code, message: told(message), hint: told(hint) };
  }
  const { message, hint } = errorCatalogue[code];
  // Whoever threw it may have worded it differently.
  const told = (words: string, said: string) =>
    said === '' || said === fillIn(words, data) ? fillIn(words, facts) : said;
  return { code, message: told(message, kept.message), hint: told(hint, kept.hint) };
}

/** What a file turned out to be; a text that is not a known kind is returned as it is. */
function kindInKorean(found: unknown): unknown {
  const kind = (Object.keys(fileKinds) as FileKind[]).find((each) => fileKinds[each] === found); // its own keys
  return kind === undefined ? found : fileKindsKo[kind];
}

/**
 * The fields that describe a coded reason, in the language on screen; none for any other reason, which stays in the
 * words of the program that gave it.
 */
function reasonInWords(because: unknown): Readonly<Record<string, string>> {
  const { data: why } = failureReasonSchema.safeParse(because);
  if (why === undefined || !isFailureReasonCode(why.code)) return {};
  const split = `split.${why.data.split}`;
  const isKorean = locale.current === 'ko';
  const facts = {
    ...isolatedTexts(why.data),
    ...(isKorean && isTextKey(split) && { split: t(split) }),
    ...verdictOf(why.data),
  };
  const told = Object.entries(wordsByField(isKorean ? koreanReasons[why.code] : failureReasons[why.code]));
  const inWords = (words: string) => (isKorean ? withParticles(fillIn(words, facts)) : fillIn(words, facts));
  return Object.fromEntries(told.map(([field, words]) => [field, inWords(words)]));
}

/** What is wrong with a row, if the reason names a verdict: it carries the verdict's code and data. */
function verdictOf({ verdict, code, ...data }: FailureReason['data']): { verdict: string } | undefined {
  if (verdict === undefined) return undefined;
  const said = formatVerdict({ code: String(code), data, message: String(verdict) });
  return { verdict: said.replace(/[.]$/, '') };
}

function fixedText(code: string, which: 'connection' | 'unexpected' | 'input'): ErrorText {
  return { code, message: t(`error.${which}.message`), hint: t(`error.${which}.hint`) };
}

function fieldsOf(error: unknown): {
  code: string | undefined;
  message: string;
  hint: string;
  data: Record<string, unknown> | undefined;
} {
  const fields = typeof error === 'object' && error !== null ? (error as Record<string, unknown>) : {};
  return {
    code: typeof fields.code === 'string' ? fields.code : undefined,
    message: typeof fields.message === 'string' ? fields.message : String(error),
    hint: typeof fields.hint === 'string' ? fields.hint : '',
    // sound: only read by field name, and whatever is found becomes text.
    data:
      typeof fields.data === 'object' && fields.data !== null ? (fields.data as Record<string, unknown>) : undefined,
  };
}

/** A failure stored by an older studio has its English text but no data: this parses the fields back out of it. */
function dataOf(code: ErrorCode, kept: { message: string; hint: string }): Record<string, unknown> {
  const { message, hint } = errorCatalogue[code];
  return { ...factsIn(kept.hint, hint), ...factsIn(kept.message, message) };
}

/** The value of each `{name}` in what was said with these words; “…” where it was said otherwise. */
function factsIn(said: string, words: string): Record<string, string> {
  const names: string[] = [];
  const pattern = words.replace(
    /\{(\w+)\}|\{\w+:([^{}|]+)\|([^{}|]+)\}|[^{]+/g,
    (part, name?: string, one?: string, other?: string) => {
      if (one !== undefined && other !== undefined) return `(?:${literally(one)}|${literally(other)})`;
      if (name === undefined) return literally(part);
      names.push(name);
      return '(.*?)';
    },
  );
  const found = new RegExp(`^${pattern}$`, 's').exec(said);
  return Object.fromEntries(names.map((name, place) => [name, found?.[place + 1] ?? '…']));
}

function isConnectionFault(message: string): boolean {
  return /websocket|socket|connection|closed|fetch/i.test(message);
}
