import { type TrainOptions, trainOptionsSchema } from './run.ts';

/** Settings as a file that a person can read, keep and hand on. */
export function settingsText(options: Partial<TrainOptions>): string {
  // The adapter that a run went on from is known to one studio only.
  const { initAdapterId, ...portable } = options;
  return `${JSON.stringify({ kind: 'adapter-studio-training', options: portable }, null, 2)}\n`;
}

/** The settings of such a file; undefined when it is none, or holds what cannot be. */
export function readSettingsText(text: string): Partial<TrainOptions> | undefined {
  try {
    const content = JSON.parse(text) as { kind?: unknown; options?: unknown } | null;
    if (content?.kind !== 'adapter-studio-training') return undefined;
    const { success, data } = trainOptionsSchema.partial().safeParse(content.options);
    return success ? data : undefined;
  } catch {
    return undefined;
  }
}
