/**
 * The default LoRA learning rate for a model of this size. A run has only a few hundred steps: smaller models tolerate,
 * and need, more than the paper's 2e-4 (decisions 0039, 0080); the smallest, all of whose matrices are adapted, less again.
 */
export function usualRate(parameters: number): number {
  if (parameters < 50e6) return 1e-3;
  if (parameters < 300e6) return 2e-3;
  return parameters < 2e9 ? 5e-4 : 2e-4;
}
