import { basename } from 'node:path';

/** What stands around a message in a prompt. */
export interface Around {
  readonly before: string;
  readonly after: string;
}

/**
 * What Ollama needs to ask a GGUF file beside it as training did: it reads no chat template but a few by their
 * resemblance, repeats itself less than a model would, and draws its answers. Source: Ollama's docs/modelfile.mdx.
 */
export function modelfile(gguf: string, { before, after }: Around): string {
  return [
    '# ollama create a-name -f this-file',
    `FROM "./${basename(gguf)}"`,
    `TEMPLATE """${plain(before)}{{ .Prompt }}${plain(after)}"""`,
    'PARAMETER temperature 0',
    'PARAMETER repeat_penalty 1',
    '',
  ].join('\n');
}

/** In a Go template between three quotation marks. */
function plain(text: string): string {
  return text.replace(/\{\{|"/g, (found) => (found === '"' ? '{{ "\\"" }}' : '{{ "{{" }}'));
}
