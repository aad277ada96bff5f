import { expect, test } from 'vitest';
import { modelfile } from './modelfile.ts';

test('a Modelfile names the file beside it and lays a message out as in training', () => {
  const around = { before: '<|im_start|>user\nSay "{{":\n', after: '<|im_end|>\n<|im_start|>assistant\n' };
  expect(modelfile('/somewhere/my skill merged.gguf', around)).toBe(
    `# ollama create a-name -f this-file
FROM "./my skill merged.gguf"
TEMPLATE """<|im_start|>user
Say {{ "\\"" }}{{ "{{" }}{{ "\\"" }}:
{{ .Prompt }}<|im_end|>
<|im_start|>assistant
"""
PARAMETER temperature 0
PARAMETER repeat_penalty 1
`,
  );
});
