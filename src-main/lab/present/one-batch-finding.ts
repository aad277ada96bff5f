import type { LabTable, LabVerdict } from '../../../src-contract/lab.ts';
import { percent, significant } from '../numbers.ts';
import { batchNames } from '../one-batch.ts';
import { barChart } from './bar-chart.ts';
import { type Finding, numberOf, openFinding, type Picture, type Shown } from './finding.ts';

/** From this share of a single adapter's speed on, a mixed batch counts as about as fast. */
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
  const verdict = verdictOf({ mixed, single, swap });
  return {
    verdict,
    reading: say(`reading.onebatch.${verdict}`),
    because: say('because.onebatch', {
      ...{ rows: numberOf(cell, 'rows'), adapters: numberOf(cell, 'adapters') },
      ...{ mixed: significant(mixed), single: significant(single), swap: significant(swap) },
    }),
    short: verdict === 'unclear' ? say('short.unclear') : say('short.onebatch', { ratio: percent(mixed / single, 0) }),
    ...{ explanation, tables: [table], pictures: [picture] },
  };
}

function verdictOf({
  mixed,
  single,
  swap,
}: {
  mixed: number;
  single: number;
  swap: number;
}): Exclude<LabVerdict, 'open'> {
  // One adapter for all rows is less work than one for each: if it is much slower, something else was timed.
  if (near * mixed > single) return 'unclear';
  if (mixed < swap) return 'not';
  return mixed >= near * single ? 'holds' : 'partly';
}
