import type { LabCell, LabTable } from '../../../src-contract/lab.ts';
import { mean, significant, spread } from '../numbers.ts';
import { type Finding, numberOf, openFinding, type Picture, type Shown } from './finding.ts';
import { lineChart } from './line-chart.ts';

/** Full training counts as reached within this share of its gain over the base's loss. */
const reached = 0.05;

/** Rank to full: the loss of LoRA as the rank rises, compared with training all weights. */
export function rankToFullFinding(shown: Shown): Finding {
  const { experiment, say } = shown;
  const explanation = [say('explain.ranktofull.1'), say('explain.ranktofull.2')];
  const byRank = Map.groupBy(experiment.cells, (cell) => numberOf(cell, 'rank'));
  const full = (byRank.get(0) ?? []).toSorted(
    (a, b) => numberOf(a, 'validationLoss') - numberOf(b, 'validationLoss'),
  )[0];
  const points = [...byRank]
    .filter(([rank]) => rank > 0)
    .map(([rank, cells]) => ({ x: rank, losses: cells.map((cell) => numberOf(cell, 'validationLoss')) }))
    .sort((a, b) => a.x - b.x)
    .map(({ x, losses }) => ({ x, y: mean(losses), spread: spread(losses) }));
  if (points.length === 0) return openFinding(explanation);
  const title = say('picture.loss');
  const level =
    full === undefined ? {} : { level: { name: say('chart.allWeights'), y: numberOf(full, 'validationLoss') } };
  const picture: Picture = {
    ...{ name: 'loss', title, whose: 'ours', group: null },
    svg: lineChart({
      ...{ described: title, xLabel: say('chart.rank'), yLabel: say('chart.loss'), logarithmic: true },
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
  const [low, high] = [points[0] as (typeof points)[0], points.at(-1) as (typeof points)[0]];
  const [base, all] = [numberOf(full, 'baseLoss'), numberOf(full, 'validationLoss')];
  const verdict = high.y <= all + reached * (base - all) ? 'holds' : high.y < low.y ? 'partly' : 'not';
  return {
    ...rest,
    verdict,
    reading: say(`reading.ranktofull.${verdict}`),
    because: say('because.ranktofull', {
      ...{ low: significant(low.y), lowRank: low.x, high: significant(high.y), highRank: high.x },
      ...{ full: significant(all), base: significant(base), rate: numberOf(full, 'learningRate') },
    }),
    short: say('short.ranktofull', { high: significant(high.y), full: significant(all) }),
  };
}
