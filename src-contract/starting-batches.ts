/** Optimiser batches whose gradients an adapter that starts by them is turned to, before its first step (decision 0093). */
export const startingBatches = 4;
