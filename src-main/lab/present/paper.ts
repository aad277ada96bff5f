/**
 * The paper's own numbers (Hu et al. 2021, arXiv 2106.09685), shown beside ours. GPT-3 175B unless stated otherwise.
 */
export const paper = {
  /** GPT-2 medium, milliseconds, mean ± standard deviation of 100 trials. */
  table1: {
    settings: ['32 × 512', '16 × 256', '1 × 128'],
    base: [
      [1449.4, 0.8],
      [338.0, 0.6],
      [19.8, 2.7],
    ],
    adapterL: [
      [1482.0, 1.0],
      [354.8, 0.5],
      [23.9, 2.1],
    ],
    adapterH: [
      [1492.2, 1.0],
      [366.3, 0.5],
      [25.8, 2.2],
    ],
  },
  table5: {
    columns: ['q r8', 'k r8', 'v r8', 'o r8', 'q,k r4', 'q,v r4', 'q,k,v,o r2'],
    wikiSql: [70.4, 70.0, 73.0, 73.2, 71.4, 73.7, 73.7],
    multiNli: [91.0, 90.8, 91.0, 91.3, 91.3, 91.3, 91.7],
  },
  table6: {
    ranks: [1, 2, 4, 8, 64],
    sets: ['q', 'q,v', 'q,k,v,o'],
    wikiSql: [
      [68.8, 69.6, 70.5, 70.4, 70.0],
      [73.4, 73.3, 73.7, 73.8, 73.5],
      [74.1, 73.7, 74.0, 74.0, 73.9],
    ],
    multiNli: [
      [90.7, 90.9, 91.1, 90.7, 90.7],
      [91.3, 91.4, 91.3, 91.6, 91.4],
      [91.2, 91.7, 91.7, 91.5, 91.4],
    ],
  },
  /** Layer 48 of 96, Wq; ‖Wq‖ = 61.95. */
  table7: {
    weightNorm: 61.95,
    rows: [
      { rank: 4, byDelta: 0.32, byWeight: 21.67, byRandom: 0.02, deltaNorm: 6.91, factor: 21.5 },
      { rank: 64, byDelta: 1.9, byWeight: 37.71, byRandom: 0.33, deltaNorm: 3.57, factor: 1.9 },
    ],
  },
  benefits: {
    memory: ['1.2 TB', '350 GB'],
    checkpointRatio: 10_000,
    speedUp: 0.25,
  },
} as const;
