import type { LabCell, LabTable, LabVerdict } from '../../../src-contract/lab.ts';
import { percent, significant, withMargin } from '../numbers.ts';
import { batchNames } from '../one-batch.ts';
import { fewestRounds } from '../paired-ratio.ts';
import { barChart } from './bar-chart.ts';
import { type Finding, numberOf, openFinding, type Picture, type Shown } from './finding.ts';

/** A mixed batch is about as fast as a single adapter's if it has at least this share of its speed. */
const near = 0.8;

/** One batch, many tasks: tokens per second of the three ways to serve rows with different adapters. */
export function oneBatchFinding({ experiment, say }: Shown): Finding {
  const explanation = [say('explain.onebatch.1'), say('explain.onebatch.2')];
  const cell = experiment.cells[0];
  if (cell === undefined) return openFinding(explanation);
  const speed = (name: string) => numberOf(cell, `${name} tokensPerSecond`);
  const [mixed, single, swap] = batchNames.map(speed) as [number, number, number];
  const table: LabTable = {
    ...{ title: say('table.onebatch'), whose: 'ours', note: say('table.onebatch.note') },
    columns: [say('column.case'), ...experiment.cells.flatMap(({ key }) => [`${key}, ms`, say('picture.onebatch')])],
    rows: batchNames.map((name) => [
      { text: say(`variant.${name}`) },
      ...experiment.cells.flatMap((each) => [
        { text: `${numberOf(each, `${name} ms`).toFixed(1)} ± ${numberOf(each, `${name} spread`).toFixed(1)}` },
        { text: significant(numberOf(each, `${name} tokensPerSecond`)) },
      ]),
    ]),
  };
  const title = say('picture.onebatch.of', { pass: cell.key });
  const picture: Picture = {
    ...{ name: 'speed', title, whose: 'ours', group: null },
    svg: barChart({
      described: title,
      bars: batchNames.map((name) => ({
        ...{ name: say(`variant.${name}`), value: speed(name), shown: significant(speed(name)), whose: 'ours' },
      })),
    }),
  };
  const verdict = verdictOf(cell);
  const isTooFew = numberOf(cell, 'trials') < fewestRounds;
  return {
    verdict,
    reading: say(isTooFew ? 'reading.rounds.few' : `reading.onebatch.${verdict}`),
    because: say('because.onebatch', {
      ...{ rows: numberOf(cell, 'rows'), adapters: numberOf(cell, 'adapters') },
      ...{ mixed: significant(mixed), single: significant(single), swap: significant(swap) },
      ...{ toSingle: shareOf(cell, 'single'), toSwap: shareOf(cell, 'swap'), trials: numberOf(cell, 'trials') },
      interval: say(isTooFew ? 'rounds.few' : 'rounds.interval'),
    }),
    short:
      verdict === 'unclear'
        ? say(isTooFew ? 'short.rounds.few' : 'short.unclear')
        : say('short.onebatch', { ratio: percent(1 / numberOf(cell, 'single ratio'), 0) }),
    ...{ explanation, tables: [table], pictures: [picture] },
  };
}

/** How long a mixed batch takes as a share of another way, with the 95 % interval if there is one. */
function shareOf(cell: LabCell, name: string): string {
  return withMargin(percent(numberOf(cell, `${name} ratio`), 0), numberOf(cell, `${name} ratioInterval`), 0);
}

function verdictOf(cell: LabCell): Exclude<LabVerdict, 'open'> {
  const boundsOf = (name: string) => {
    const [ratio, margin] = [numberOf(cell, `${name} ratio`), numberOf(cell, `${name} ratioInterval`)];
    return { low: ratio - margin, high: ratio + margin };
  };
  const [single, swap] = [boundsOf('single'), boundsOf('swap')];
  // One adapter for all rows is less work than one for each: if it is much slower, something else was timed.
  if (single.high < near) return 'unclear';
  if (swap.low > 1) return 'not';
  if (swap.high >= 1) return 'unclear';
  if (single.high <= 1 / near) return 'holds';
  return single.low > 1 / near ? 'partly' : 'unclear';
}
