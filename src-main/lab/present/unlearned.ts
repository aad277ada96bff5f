import type { LabCell } from '../../../src-contract/lab.ts';
import { mean, median, significant } from '../numbers.ts';
import { hasLearned } from '../paired-interval.ts';
import { numberOf, type Reading, type Shown } from './finding.ts';

/** Below this share of ‖W‖, what an adapter adds is next to nothing. */
const nothing = 1e-4;

/**
 * What is said instead of a conclusion where the adapters that it would be about learned nothing: losses that equal the
 * base's agree, and directions of an update that does nothing mean nothing.
 */
export function unlearned(shown: Shown): Reading | undefined {
  const { kind, cells } = shown.experiment;
  switch (kind) {
    case 'table5':
    case 'table6':
    case 'ranktofull':
      return noneLearned(cells, shown);
    case 'fig3':
    case 'fig4':
      return notAllLearned(trainedOf(cells, shown), shown);
    case 'table7':
      return notAllLearned(judgedOf(shown), shown) ?? addsNothing(shown);
    case 'table1':
    case 'benefits':
    case 'onebatch':
      return undefined;
    default:
      return kind satisfies never;
  }
}

/** Of trainings that are compared by their losses, the best must have learned. */
export function noneLearned(cells: readonly LabCell[], { say }: Shown): Reading | undefined {
  const named = (name: string) => cells.map((cell) => numberOf(cell, name)).filter(Number.isFinite);
  const [base, lowest] = [mean(named('baseLoss')), Math.min(...named('validationLoss'))];
  if (hasLearned(base, lowest)) return undefined;
  return {
    verdict: 'unclear',
    reading: say('reading.unlearned'),
    because: say('because.unlearned', { base: significant(base), lowest: significant(lowest) }),
    short: say('short.unlearned'),
  };
}

/** Of adapters that are looked into, each must have learned. */
function notAllLearned(cells: readonly Learning[], { say }: Shown): Reading | undefined {
  if (cells.every(({ base, loss }) => hasLearned(base, loss))) return undefined;
  return {
    verdict: 'unclear',
    reading: say(cells.length > 1 ? 'reading.unlearned.adapter' : 'reading.unlearned.one'),
    because: cells
      .map(({ name, base, loss }) =>
        say('because.unlearned.adapter', { name, base: significant(base), loss: significant(loss) }),
      )
      .join(' '),
    short: say('short.unlearned'),
  };
}

interface Learning {
  readonly name: string;
  readonly base: number;
  readonly loss: number;
}

function trainedOf(cells: readonly LabCell[], { say }: Shown): Learning[] {
  return cells
    .filter(({ key }) => key.startsWith('trained '))
    .map((cell) => ({
      name: `r ${numberOf(cell, 'rank')}, ${say('case.seed', { seed: numberOf(cell, 'seed') })}`,
      base: numberOf(cell, 'baseLoss'),
      loss: numberOf(cell, 'validationLoss'),
    }));
}

/** The verdict on Table 7 is about the lowest rank trained, or about an adapter of the studio, whose run may be unknown. */
function judgedOf(shown: Shown): Learning[] {
  const { cells, options, facts } = shown.experiment;
  const { adapter } = facts;
  if (adapter === undefined) {
    const rank = Math.min(...options.ranks);
    return trainedOf(
      cells.filter((cell) => numberOf(cell, 'rank') === rank),
      shown,
    );
  }
  const { name, baseLoss, loss } = adapter;
  return baseLoss == null || loss == null ? [] : [{ name, base: baseLoss, loss }];
}

function addsNothing({ experiment, say }: Shown): Reading | undefined {
  const matrices = experiment.cells.filter((cell) => typeof cell.values.layer === 'number');
  const rank = Math.min(...matrices.map((cell) => numberOf(cell, 'rank')));
  const shares = matrices
    .filter((cell) => numberOf(cell, 'rank') === rank)
    .map((cell) => numberOf(cell, 'deltaNorm') / numberOf(cell, 'weightNorm'));
  if (median(shares) >= nothing) return undefined;
  return {
    verdict: 'unclear',
    reading: say('reading.unlearned.nothing'),
    because: say('because.unlearned.nothing', { share: significant(median(shares), 2), rank, n: shares.length }),
    short: say('short.unlearned'),
  };
}
