import { StudioError } from '../../src-contract/errors.ts';
import { type Because, because, inEnglish } from '../../src-contract/failure-reason.ts';
import { errorMessage } from '../../src-contract/thrown.ts';

/** What was asked: the hub, or the Python package index. */
interface DownloadSource {
  readonly kind: 'hub' | 'wheel';
}

/** Why nothing came from any of the sources. */
export function whyNone(failed: readonly { source: DownloadSource; error: unknown }[]): Because {
  const [first] = failed;
  if (first === undefined) return because('SOURCE_MISSING');
  if (!failed.every(({ error }) => isUnreachable(error)))
    return inEnglish(failed.map(({ source, error }) => reasonOf(error, source)).join('; '));
  if (failed.length > 1) return because('SOURCES_UNREACHABLE');
  return because(first.source.kind === 'hub' ? 'HUB_UNREACHABLE' : 'INDEX_UNREACHABLE');
}

export function reasonOf(error: unknown, source: DownloadSource): string {
  const where = source.kind === 'hub' ? 'the Hugging Face hub' : 'the Python package index';
  if (error instanceof StudioError) return `${where}: ${error.message}`;
  if (isUnreachable(error)) return `${where} cannot be reached`;
  return `${where}: ${errorMessage(causeOf(error))}`;
}

function isUnreachable(error: unknown): boolean {
  const cause = causeOf(error);
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return ['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'ENETUNREACH', 'EHOSTUNREACH', 'ETIMEDOUT'].includes(code);
}

function causeOf(error: unknown): unknown {
  return error instanceof Error && error.cause instanceof Error ? error.cause : error;
}
