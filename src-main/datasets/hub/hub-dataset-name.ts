import { literally } from '../../../src-contract/regexp-literally.ts';
import { isRepository, pathOnHub } from '../../hub/hub-name.ts';

/** A dataset on the Hugging Face hub, as a person names it. */
export interface HubDatasetName {
  /** `owner/name`. */
  readonly repository: string;
  /** A branch, a tag or a commit. */
  readonly revision: string | undefined;
  /** A file of it, a folder, or a pattern with `*`. */
  readonly path: string | undefined;
}

/**
 * Reads `owner/name`, the addresses of a dataset's page and of its files, and what huggingface_hub's file system calls
 * it: `hf://datasets/owner/name@revision/path`. Undefined for anything else.
 */
export function hubDatasetNameOf(text: string, endpoint: string): HubDatasetName | undefined {
  const trimmed = text.trim();
  const onHub = pathOnHub(trimmed, endpoint);
  const [, repository = '', revision, path] = matchOf(trimmed, onHub) ?? [];
  return isRepository(repository) ? { repository, revision, path: path?.replace(/\/+$/, '') || undefined } : undefined;
}

function matchOf(text: string, onHub: string | undefined): RegExpExecArray | null {
  if (text.startsWith('hf://')) return fileSystemName.exec(text);
  return onHub === undefined ? plainName.exec(text) : pagePath.exec(onHub);
}

// A branch of the hub's own has slashes in its name. Source: huggingface_hub, `SPECIAL_REFS_REVISION_REGEX`.
const revision = '(refs/(?:convert|pr)/\\w+|\\w[\\w.-]*)';
const fileSystemName = new RegExp(`^hf://datasets/([^/@]+/[^/@]+)(?:@${revision})?(?:/(.*))?$`);
const pagePath = new RegExp(
  `^datasets/([^/]+/[^/]+)(?:/(?:tree|blob|resolve)/${revision}(?:/(.*))?|/viewer(?:/.*)?)?$`,
);
const plainName = /^(?:datasets\/)?([^/]+\/[^/]+)$/;

/** Whether a file is the one that is asked for, lies in that folder, or fits the pattern. */
export function isAskedFor(file: string, asked: string): boolean {
  if (!asked.includes('*')) return file === asked || file.startsWith(`${asked}/`);
  const parts = asked.split(/\*+/);
  // More can be matched in too many ways.
  if (parts.length > 5) return false;
  return new RegExp(`^${parts.map(literally).join('[^/]*')}$`).test(file);
}
