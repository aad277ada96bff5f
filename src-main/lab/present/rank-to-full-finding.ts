import type { LabCell, LabTable } from '../../../src-contract/lab.ts';
import { mean, significant, spread } from '../numbers.ts';
import { hasLearned, pairedInterval } from '../paired-interval.ts';
import { type Finding, numberOf, openFinding, type Picture, type Shown } from './finding.ts';
import { lineChart } from './line-chart.ts';

/** Full training counts as reached within this share of its gain over the base's loss. */
const reached = 0.05;

/** Rank to full: the loss of LoRA as the rank rises, compared with training all weights. */
export function rankToFullFinding(shown: Shown): Finding {
  const { experiment, say } = shown;
  const explanation = [say('explain.ranktofull.1'), say('explain.ranktofull.2'), say('explain.seeds')];
  const seriesOf = (cells: readonly LabCell[]) => {
    const losses = new Map(cells.map((cell) => [numberOf(cell, 'seed'), numberOf(cell, 'validationLoss')]));
    return { losses, cell: cells[0], y: mean([...losses.values()]), spread: spread([...losses.values()]) };
  };
  const [loras, fulls] = [true, false].map((isLora) =>
    experiment.cells.filter((cell) => numberOf(cell, 'rank') > 0 === isLora),
  ) as [LabCell[], LabCell[]];
  const byRate = Map.groupBy(fulls, (cell) => numberOf(cell, 'learningRate'));
  const full = [...byRate.values()].map(seriesOf).sort((a, b) => a.y - b.y)[0];
  const points = [...Map.groupBy(loras, (cell) => numberOf(cell, 'rank'))]
    .map(([rank, cells]) => ({ x: rank, ...seriesOf(cells) }))
    .sort((a, b) => a.x - b.x);
  if (points.length === 0) return openFinding(explanation);
  const title = say('picture.loss');
  const bars = experiment.options.seeds.length > 1 ? say('chart.bars') : '';
  const level = full === undefined ? {} : { level: { name: say('chart.allWeights'), y: full.y } };
  const picture: Picture = {
    ...{ name: 'loss', title, whose: 'ours', group: null },
    svg: lineChart({
      ...{ described: title, xLabel: say('chart.rank'), yLabel: say('chart.loss') + bars, logarithmic: true },
      series: [{ name: 'LoRA', points }],
      ...level,
    }),
  };
  const table: LabTable = {
    ...{ title: say('table.loss'), whose: 'ours', note: say('table.loss.note.each') },
    columns: [say('column.case'), say('column.weights'), say('chart.loss.short')],
    rows: experiment.cells.map((cell) => [
      { text: caseName(cell) },
      { text: numberOf(cell, 'parameters').toLocaleString('en-GB') },
      { text: numberOf(cell, 'validationLoss').toFixed(3) },
    ]),
  };
  function caseName(cell: LabCell): string {
    const rank = numberOf(cell, 'rank');
    const rate = say('case.rate', { rate: numberOf(cell, 'learningRate') });
    const seed = say('case.seed', { seed: numberOf(cell, 'seed') });
    const own = rank > 0 ? ['LoRA', `r ${rank}`] : [say('chart.allWeights'), rate];
    return [...own, ...(experiment.options.seeds.length > 1 ? [seed] : [])].join(', ');
  }
  const rest = { explanation, tables: [table], pictures: [picture] };
  if (full === undefined || points.length < experiment.options.ranks.length) return openFinding(explanation, rest);
  const [low, high] = [points[0], points.at(-1)] as [(typeof points)[0], (typeof points)[0]];
  const base = numberOf(full.cell, 'baseLoss');
  const seeds = [...full.losses.keys()].filter((seed) => low.losses.has(seed) && high.losses.has(seed));
  const apart = (one: typeof full, other: typeof full, chosenFrom = 1) =>
    pairedInterval(
      seeds.map((seed) => (one.losses.get(seed) ?? Number.NaN) - (other.losses.get(seed) ?? Number.NaN)),
      { level: full.y, chosenFrom },
    );
  const [behind, closer] = [apart(high, full, byRate.size), apart(low, high)];
  const room = reached * (base - full.y);
  const fullLearned = hasLearned(base, full.y);
  const verdict = verdictOf();
  function verdictOf() {
    if (!fullLearned) return 'unclear';
    if (behind.high <= room) return 'holds';
    if (behind.low <= room) return 'unclear';
    return closer.low > 0 ? 'partly' : closer.high <= room ? 'not' : 'unclear';
  }
  return {
    ...rest,
    verdict,
    reading: say(fullLearned ? `reading.ranktofull.${verdict}` : 'reading.ranktofull.unlearned', {
      rank: high.x,
    }),
    because: say('because.ranktofull', {
      ...{ low: significant(low.y), lowRank: low.x, high: significant(high.y), highRank: high.x },
      ...{ full: significant(full.y), base: significant(base), rate: numberOf(full.cell, 'learningRate') },
      ...{ hidden: experiment.facts.hidden, seeds: seeds.length },
    }),
    short: say('short.ranktofull', { high: significant(high.y), full: significant(full.y) }),
    seeds: seeds.length,
  };
}
