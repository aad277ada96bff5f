import { expect, test } from 'vitest';
import { tickLabels } from './loss-chart.ts';

test('lines of a logarithmic axis that have no words stay without them', () => {
  // Once, a “0” stood beside each of them, one on the other.
  expect(tickLabels([0.1, null, null, 1], (loss) => loss.toFixed(1))).toEqual(['0.1', '', '', '1.0']);
});
