import type { LabCell, LabTable } from '../../../src-contract/lab.ts';
import { median, significant } from '../numbers.ts';
import { fewestPairs, pairedInterval } from '../paired-interval.ts';
import { type Finding, numberOf, openFinding, type Picture, type Reading, type Shown, textOf } from './finding.ts';
import { lineChart } from './line-chart.ts';
import { paper } from './paper.ts';

/** Table 7: ΔW beside W, in every adapted matrix. */
export function table7Finding(shown: Shown): Finding {
  const { experiment, say } = shown;
  const explanation = [say('explain.table7.1'), say('explain.table7.2'), say('explain.table7.3')];
  const rows = experiment.cells.filter((cell) => typeof cell.values.layer === 'number');
  const paperTable: LabTable = {
    ...{ title: say('table.paper.table7'), whose: 'paper', note: `‖Wq‖ = ${paper.table7.weightNorm}` },
    columns: [say('column.rank'), ...amplificationColumns(say)],
    // As the paper prints them; it gives the factor in the text.
    rows: paper.table7.rows.map(({ rank, byDelta, byRandom, byWeight, deltaNorm, factor }) => [
      { text: String(rank) },
      ...[byDelta, byRandom, byWeight, deltaNorm].map((value) => ({ text: value.toFixed(2) })),
      { text: factor.toFixed(1) },
    ]),
  };
  if (rows.length === 0) return openFinding(explanation, { tables: [paperTable] });
  const ranks = [...new Set(rows.map((cell) => numberOf(cell, 'rank')))].sort((a, b) => a - b);
  const targets = [...new Set(rows.map((cell) => textOf(cell, 'target')))];
  const tables: LabTable[] = [
    {
      ...{ title: say('table.amplification'), whose: 'ours', note: say('table.amplification.note') },
      columns: [say('column.rank'), say('column.matrices'), ...amplificationColumns(say), '‖W‖'],
      rows: ranks.flatMap((rank) =>
        targets.map((target) => {
          const own = rows.filter((cell) => numberOf(cell, 'rank') === rank && textOf(cell, 'target') === target);
          return [{ text: String(rank) }, { text: target }, ...numbersOf(own)];
        }),
      ),
    },
    paperTable,
    {
      ...{ title: say('table.layers'), whose: 'ours', note: say('table.amplification.note') },
      columns: [say('column.rank'), say('column.layer'), say('column.matrices'), ...amplificationColumns(say), '‖W‖'],
      rows: rows.map((cell) => [
        ...[String(numberOf(cell, 'rank')), String(numberOf(cell, 'layer') + 1), textOf(cell, 'target')].map(
          (text) => ({
            text,
          }),
        ),
        ...numbersOf([cell]),
      ]),
    },
  ];
  return { ...read(rows, ranks[0] ?? 0, shown), explanation, tables, pictures: [picture(rows, ranks, targets, shown)] };
}

const names = ['byDelta', 'byRandom', 'byWeight', 'deltaNorm', 'factor', 'weightNorm'] as const;

function amplificationColumns(say: Shown['say']): string[] {
  return [say('column.byDelta'), say('column.byRandom'), say('column.byWeight'), '‖ΔW‖', say('column.factor')];
}

function numbersOf(cells: readonly LabCell[]) {
  return names.map((name) => ({
    text: significant(median(cells.map((cell) => numberOf(cell, name)).filter(Number.isFinite))),
  }));
}

/** How many times as much as in random directions W must have in the adapter's for them to be directions of W. */
const related = 1.5;

/**
 * Holds if W clearly has half as much again in the adapter's directions as in random ones, less than half of what it has
 * in its own, and the adapter more than doubles it. Matrix by matrix, since those of q and v are of different sizes.
 */
function read(rows: readonly LabCell[], rank: number, { say }: Shown): Reading {
  // A matrix to which the adapter adds nothing has no directions.
  const own = rows.filter((cell) => numberOf(cell, 'rank') === rank && Number.isFinite(numberOf(cell, 'factor')));
  const [byDelta, byRandom, byWeight, , factor] = names.map((name) =>
    median(own.map((cell) => numberOf(cell, name))),
  ) as [number, number, number, number, number];
  const sharesOf = (name: string) => own.map((cell) => numberOf(cell, 'byDelta') / numberOf(cell, name));
  const logs = pairedInterval(sharesOf('byRandom').map(Math.log), { level: 1 });
  const isOwn = median(sharesOf('byWeight')) >= 0.5;
  const verdict = verdictOf();
  function verdictOf() {
    if (own.length < fewestPairs) return 'unclear';
    if (logs.low > Math.log(related)) return isOwn ? 'not' : factor > 2 ? 'holds' : 'partly';
    return logs.high < Math.log(related) ? 'not' : 'unclear';
  }
  return {
    verdict,
    reading: say(`reading.table7.${verdict === 'not' && logs.low > Math.log(related) ? 'own' : verdict}`),
    because: say('because.table7', {
      ...{ n: own.length, rank, byDelta: significant(byDelta), byRandom: significant(byRandom) },
      ...{ byWeight: significant(byWeight), factor: significant(factor) },
      ratio: significant(Math.exp(logs.mean)),
      // Fewer have none.
      low: own.length < fewestPairs ? '–' : significant(Math.exp(logs.low)),
      high: own.length < fewestPairs ? '–' : significant(Math.exp(logs.high)),
    }),
    short: verdict === 'unclear' ? say('short.unclear') : say('short.table7', { factor: significant(factor), rank }),
  };
}

function picture(
  rows: readonly LabCell[],
  ranks: readonly number[],
  targets: readonly string[],
  { say }: Shown,
): Picture {
  const title = say('picture.factor');
  return {
    ...{ name: 'factor', title, whose: 'ours', group: null },
    svg: lineChart({
      ...{
        described: title,
        xLabel: say('chart.layer'),
        yLabel: say('chart.factor'),
        logarithmic: false,
        fromZero: true,
      },
      series: ranks
        .flatMap((rank) =>
          targets.map((target) => ({
            name: `${target}, r ${rank}`,
            points: rows
              .filter((cell) => numberOf(cell, 'rank') === rank && textOf(cell, 'target') === target)
              .map((cell) => ({ x: numberOf(cell, 'layer') + 1, y: numberOf(cell, 'factor') }))
              .filter(({ y }) => Number.isFinite(y))
              .sort((a, b) => a.x - b.x),
          })),
        )
        .filter(({ points }) => points.length > 0),
    }),
  };
}
