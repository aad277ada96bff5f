import { type TrainOptions, trainOptionsSchema } from './run.ts';

/** Settings as a file that a person can read, keep and share. */
export function settingsText(options: Partial<TrainOptions>): string {
  // The adapter that a run continued from exists in one studio only.
  const { initAdapterId, ...portable } = options;
  return `${JSON.stringify({ kind: 'adapter-studio-training', options: portable }, null, 2)}\n`;
}

/** The settings in such a file; undefined if it is not one or holds invalid values. */
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
