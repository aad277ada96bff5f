import { rm, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Adapter, AdapterExportEvent, AdapterExportInput } from '../../src-contract/adapter.ts';
import type { BaseModel } from '../../src-contract/base-model.ts';
import { joinedLines } from '../../src-contract/column-groups.ts';
import { orDiskFull } from '../../src-contract/disk-full.ts';
import type { TaskId } from '../../src-contract/task.ts';
import { noteCopy } from '../data-folder/copy-note.ts';
import type { Engine, MergeEvent } from '../engine/engine.ts';
import { nameWhole, removeUnfinished, unfinishedPath } from '../files/unfinished-path.ts';
import { orUnwritable } from '../files/unwritable.ts';
import type { PromptLayout } from '../tasks/prompt-layout.ts';
import { tasks } from '../tasks/tasks.ts';
import { type AdapterOrigin, copyAdapter, nameBase, readColumns, readOrigin, writeOrigin } from './adapter-files.ts';
import { modelfile } from './modelfile.ts';

/** How a base's prompts are laid out, and what ends an answer: the first of these is what training writes. */
export interface BaseTexts {
  readonly template: { readonly source: string } | undefined;
  readonly stopIds: readonly number[];
  layout(): PromptLayout | Promise<PromptLayout>;
}

/** As contexts of a task are read. */
export type TextOf = (base: BaseModel, task: TaskId) => Promise<BaseTexts>;

/**
 * Writes an adapter for other programs: as a PEFT folder, as a GGUF file for llama.cpp, or merged with its base into a
 * model of its own, in a folder or one GGUF file with a Modelfile beside it. Whatever exists under the name is
 * complete. Throws OUT_UNUSABLE, DISK_FULL, and what the engine throws.
 */
export async function* exportAdapter(
  { format, out, strength = 1, dtype = 'same' }: Omit<AdapterExportInput, 'id'>,
  { adapter, base, dataDir, textOf }: { adapter: Adapter; base: BaseModel; dataDir: string; textOf: TextOf },
  engine: Engine,
  signal: AbortSignal,
): AsyncGenerator<AdapterExportEvent> {
  const path = resolve(out);
  const prompt = promptForm(adapter.task, await readColumns(adapter.path));
  const isMerged = format === 'merged' || format === 'merged-gguf';
  const partial = await unfinishedPath(path);
  const beside = format === 'merged-gguf' ? `${path.replace(/\.gguf$/i, '')}.Modelfile` : undefined;
  const partialBeside = beside && (await unfinishedPath(beside));
  await using _ = await noteCopy(dataDir, partial);
  await using __ = partialBeside === undefined ? undefined : await noteCopy(dataDir, partialBeside);
  const choice = { folder: adapter.path, strength };
  let merged: Extract<MergeEvent, { kind: 'finished' }> | undefined;
  try {
    if (isMerged) {
      const texts = partialBeside && (await textOf(base, adapter.task));
      const gguf = texts && toldInGguf(adapter, texts);
      if (texts) await writeFile(partialBeside, modelfile(path, await texts.layout()), { flush: true });
      const job = { modelFolder: base.path, adapter: choice, out: partial, dtype, ...(gguf && { gguf }) };
      for await (const event of engine.merge(job, signal)) {
        if (event.kind === 'finished') merged = event;
        else yield event;
      }
      signal.throwIfAborted();
    } else if (format === 'peft' && strength === 1) {
      await copyAdapter(adapter.path, partial);
    } else {
      const named = { name: adapter.name, baseName: base.name };
      await engine.writeAdapter({ modelFolder: base.path, adapter: choice, format, out: partial, ...named });
      if (format === 'peft') await writeOrigin(partial, await originAtStrength(adapter, base));
    }
    if (format === 'peft') await nameBase(partial, base);
    await nameWhole(partial, path);
    if (beside && partialBeside) await nameWhole(partialBeside, beside);
  } catch (error) {
    const full = orDiskFull(error, dirname(path), isMerged ? base.sizeBytes : adapter.bytes);
    throw orUnwritable(full, { option: 'out', path });
  } finally {
    // An engine that was killed has left what it was writing.
    await removeUnfinished(partial);
    if (partialBeside) await rm(partialBeside, { force: true });
  }
  const { bytes, dtypes, residue } = merged ?? { bytes: 0, dtypes: [], residue: 0 };
  const facts = merged && { merged: { bytes, dtypes: [...dtypes], residue }, ...(beside && { modelfile: beside }) };
  yield { kind: 'finished', written: { path, prompt, ...facts } };
}

/** How training lays out a context of the task, or of several columns, with what is to be filled in named in braces. */
function promptForm(task: TaskId, columns: readonly string[]): string {
  if (columns.length > 0) return joinedLines(columns.map((name) => ({ name, text: `{${name}}` })));
  const { fields, renderContext } = tasks[task];
  return renderContext(Object.fromEntries(fields.context.map((field) => [field, `{${field}}`])));
}

/** What makes a program that opens the file ask as training did. */
function toldInGguf({ name, task }: Adapter, { template, stopIds }: BaseTexts) {
  return { name, chatTemplate: template?.source, readsTurns: task === 'conversation', endIds: stopIds };
}

/** The losses are dropped, since they were measured at full strength. */
async function originAtStrength({ path, task, baseSha256 }: Adapter, base: BaseModel): Promise<AdapterOrigin> {
  const { datasetSha256 = null, form, columns } = (await readOrigin(path)) ?? {};
  const losses = { baseValidationLoss: null, bestValidationLoss: null };
  const learned = { ...(form !== undefined && { form }), ...(columns !== undefined && { columns }) };
  return { task, baseSha256, baseName: base.name, datasetSha256, ...losses, ...learned };
}
