import type { HubFile, HubRepository } from '../hub/hugging-face-hub.ts';

/** What a model needs, and what accompanies it if it exists. */
const wanted = new Set([
  ...['config.json', 'generation_config.json', 'tokenizer.json', 'tokenizer_config.json', 'special_tokens_map.json'],
  ...['chat_template.jinja', 'README.md', 'LICENSE'],
]);

/**
 * The files that make up a repository's model: its config, tokenizer and safetensors with what accompanies them, or the
 * one GGUF file that is named. Nothing else is ever fetched: no pickles, no code.
 */
export function filesOfModel({ files }: HubRepository, gguf: string | undefined): readonly HubFile[] {
  if (gguf !== undefined) return files.filter(({ name }) => name === gguf && isGgufName(name));
  const isSharded = files.some(({ name }) => name === 'model.safetensors.index.json');
  return files.filter(
    ({ name }) =>
      wanted.has(name) ||
      (isSharded ? /^model(-\d+-of-\d+\.safetensors|\.safetensors\.index\.json)$/ : /^model\.safetensors$/).test(name),
  );
}

/** A GGUF file under a name that any disk takes, and that leads nowhere else. */
export function isGgufName(name: string): boolean {
  return /^(\w[\w.+-]*\/)*\w[\w.+-]*\.gguf$/i.test(name) && name.length <= 200;
}
