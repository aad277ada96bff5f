import { expect, test } from 'vitest';
import { modelfile } from './modelfile.ts';

test('a Modelfile names the file beside it and lays out the last message as in training', () => {
  const layout = { before: '[user]\nSay "{{":\n', after: '[end]\n', turns: undefined };
  expect(modelfile('/somewhere/my skill merged.gguf', layout)).toBe(
    `# ollama create a-name -f this-file
FROM "./my skill merged.gguf"
TEMPLATE """{{ range $i, $_ := .Messages }}{{ if eq (len (slice $.Messages $i)) 1 }}[user]
Say {{ "\\"" }}{{ "{{" }}{{ "\\"" }}:
{{ .Content }}[end]
{{ end }}{{ end }}"""
PARAMETER temperature 0
PARAMETER repeat_penalty 1
`,
  );
});

// Regression: the turns before the last one stood there without anything between them. What these templates write was
// compared, in Go, with the ids of the chat here.
test('where turns are read, it lays them out, behind an instruction', () => {
  const told = { before: '[system]', after: '[user]' };
  const layout = { before: '[system]Be kind.[user]', after: '[answer]' };
  const turns = { told, first: '', answered: '[answer]', asked: '[user]' };
  expect(modelfile('a.gguf', { ...layout, turns })).toContain(
    `"""{{ if .System }}[system]{{ .System }}[user]{{ else }}[system]Be kind.[user]{{ end }}` +
      '{{ $answered := false }}{{ range .Messages }}' +
      '{{ if eq .Role "user" }}{{ if $answered }}[user]{{ end }}{{ .Content }}' +
      '{{ else if eq .Role "assistant" }}[answer]{{ .Content }}{{ $answered = true }}{{ end }}{{ end }}[answer]"""\n',
  );
  expect(modelfile('a.gguf', { ...layout, turns: { ...turns, told: undefined, first: 'User: ' } })).toContain(
    '"""[system]Be kind.[user]{{ $first := "" }}{{ range .Messages }}' +
      '{{ if eq .Role "assistant" }}{{ $first = "User: " }}{{ end }}{{ end }}{{ $first }}{{ $answered := false }}',
  );
});
