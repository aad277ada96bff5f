import { beforeEach, expect, test, vi } from 'vitest';
import { uploadFile } from '../ui/upload-file.ts';
import { AddModelState } from './add-model-state.svelte.ts';

// The fakes replace the studio, at the renderer's edge.
vi.mock('../client.ts', () => ({ client: { baseModels: { import: async () => ({ id: 'b' }) } } }));
vi.mock('../ui/upload-file.ts', () => ({ uploadFile: vi.fn(async () => 'f') }));

beforeEach(() => vi.clearAllMocks());

// Weights of half a gigabyte were copied, then a config.json was missed in a folder that nobody knew.
test('a single file of a model’s folder is not copied: what is missing beside it is told', async () => {
  const added = vi.fn();
  const adding = new AddModelState(added);
  await adding.send(new File(['weights'], 'model.safetensors'));
  expect(adding.missing).toEqual(['config.json', 'tokenizer.json']);
  expect(uploadFile).not.toHaveBeenCalled();
  await adding.send(new File(['GGUF'], 'small.gguf'));
  expect([adding.missing, adding.error]).toEqual([[], undefined]);
  expect(added).toHaveBeenCalledWith({ id: 'b' });
});
