import { basename } from 'node:path';
import type { PromptLayout } from '../tasks/prompt-layout.ts';

/**
 * What Ollama needs to ask a GGUF file beside it as training did: it reads no chat template but a few by their
 * resemblance, repeats itself less than a model would, and draws its answers. Source: Ollama's docs/modelfile.mdx.
 */
export function modelfile(gguf: string, layout: PromptLayout): string {
  return [
    '# ollama create a-name -f this-file',
    `FROM "./${basename(gguf)}"`,
    `TEMPLATE """${template(layout)}"""`,
    'PARAMETER temperature 0',
    'PARAMETER repeat_penalty 1',
    '',
  ].join('\n');
}

/** Ollama has joined what one side said in a row, and gives instructions in `.System`, too. */
function template({ before, after, turns }: PromptLayout): string {
  if (turns === undefined) {
    const last = '{{ if eq (len (slice $.Messages $i)) 1 }}';
    return `{{ range $i, $_ := .Messages }}${last}${plain(before)}{{ .Content }}${plain(after)}{{ end }}{{ end }}`;
  }
  const { told, first, answered, asked } = turns;
  return [
    told
      ? `{{ if .System }}${plain(told.before)}{{ .System }}${plain(told.after)}{{ else }}${plain(before)}{{ end }}`
      : plain(before),
    first &&
      `{{ $first := "" }}{{ range .Messages }}{{ if eq .Role "assistant" }}{{ $first = ${JSON.stringify(first)} }}{{ end }}{{ end }}{{ $first }}`,
    '{{ $answered := false }}{{ range .Messages }}',
    `{{ if eq .Role "user" }}{{ if $answered }}${plain(asked)}{{ end }}{{ .Content }}`,
    `{{ else if eq .Role "assistant" }}${plain(answered)}{{ .Content }}{{ $answered = true }}{{ end }}`,
    `{{ end }}${plain(after)}`,
  ].join('');
}

/** In a Go template between three quotation marks. */
function plain(text: string): string {
  return text.replace(/\{\{|"/g, (found) => (found === '"' ? '{{ "\\"" }}' : '{{ "{{" }}'));
}
