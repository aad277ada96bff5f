import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openGguf } from './gguf.ts';
import { ggufConfig } from './gguf-config.ts';
import { ggufTokenizer } from './gguf-tokenizer.ts';

/**
 * Writes a GGUF file's metadata into a folder, as files of the Hugging Face layout: config, tokenizer, chat template,
 * and a model card with licence and origin. With the file itself beside them, the folder is a complete model. Throws as
 * `openGguf`, `ggufConfig` and `ggufTokenizer` do.
 */
export async function unpackGguf(path: string, folder: string): Promise<void> {
  const file = await openGguf(path);
  try {
    const config = await ggufConfig(file);
    const { tokenizer, config: tokenizerConfig } = ggufTokenizer(file);
    const length = typeof config.max_position_embeddings === 'number' ? config.max_position_embeddings : undefined;
    await writeJson(join(folder, 'config.json'), config);
    await writeJson(join(folder, 'tokenizer.json'), tokenizer);
    await writeJson(join(folder, 'tokenizer_config.json'), { ...tokenizerConfig, model_max_length: length });
    await writeFile(
      join(folder, 'README.md'),
      cardOf((key) => file.metadata.get(`general.${key}`)),
      { flush: true },
    );
  } finally {
    await file.close();
  }
}

function cardOf(general: (key: string) => unknown): string {
  // One line each: untrusted text must not end the card's front matter.
  const line = (key: string) => String(general(key) ?? '').replace(/[\p{Cc}"]/gu, ' ');
  return `---\nlicense: "${line('license')}"\n---\n# ${line('name')}\n\n${line('description')}\n`;
}

function writeJson(path: string, value: object): Promise<void> {
  return writeFile(path, `${JSON.stringify(value)}\n`, { flush: true });
}
