import type { LabCell, LabTable } from '../../../src-contract/lab.ts';
import { percent, signedPercent, withMargin } from '../numbers.ts';
import { fewestRounds } from '../paired-ratio.ts';
import { halfOf, variantNames } from '../table1.ts';
import { barChart } from './bar-chart.ts';
import { colours, heatColour, heatStep, rect, svg, text } from './drawing.ts';
import { type Finding, numberOf, openFinding, type Picture, type Shown } from './finding.ts';
import { paper } from './paper.ts';

/**
 * Merged LoRA counts as being as fast as the base if its whole interval is within this share, and an interval wider than
 * that tells nothing.
 */
const same = 0.03;
const variants = variantNames.slice(1) as readonly Exclude<(typeof variantNames)[number], 'base'>[];

/** Table 1 and the map of Appendix B: what each way of adapting adds to a forward pass. */
export function table1Finding(shown: Shown): Finding {
  const { experiment, say } = shown;
  const explanation = [say('explain.table1.1'), say('explain.table1.2')];
  const paperTable = paperTableOf(say);
  const [width = 0] = experiment.options.bottlenecks;
  const own = experiment.cells.filter((cell) => numberOf(cell, 'bottleneck') === width);
  // With the smallest batch the paper found adapter layers slowest: that is the case to read.
  const smallest = own.toSorted((a, b) => sizeOf(a) - sizeOf(b))[0];
  if (smallest === undefined) return openFinding(explanation, { tables: [paperTable] });
  const added = (cell: LabCell, name: string) => numberOf(cell, `${name} ratio`) - 1;
  const unsure = (cell: LabCell, name: string) => numberOf(cell, `${name} ratioInterval`);
  const addedTold = (cell: LabCell, name: string) => withMargin(signedPercent(added(cell, name)), unsure(cell, name));
  const table: LabTable = {
    ...{ title: say('table.latency'), whose: 'ours', note: say('table.latency.note') },
    columns: [say('column.case'), ...own.map((cell) => `${numberOf(cell, 'rows')} × ${numberOf(cell, 'tokens')}`)],
    rows: variantNames.map((name) => [
      { text: nameOf(name, width, shown) },
      ...own.map((cell) => {
        const time = `${numberOf(cell, `${name} ms`).toFixed(1)} ± ${numberOf(cell, `${name} spread`).toFixed(1)}`;
        if (name === 'base') return { text: time };
        const difference = numberOf(cell, `${name} difference`);
        const inMs = `${difference >= 0 ? '+' : '−'}${Math.abs(difference).toFixed(2)} ms`;
        return { text: time, spread: `${inMs}; ${addedTold(cell, name)}` };
      }),
    ]),
  };
  const title = say('picture.latency', { rows: numberOf(smallest, 'rows'), tokens: numberOf(smallest, 'tokens') });
  const bars: Picture = {
    ...{ name: 'added', title, whose: 'ours', group: null, maps: [] },
    svg: barChart({
      described: title,
      bars: variants.map((name) => ({
        ...{
          name: nameOf(name, width, shown),
          value: added(smallest, name),
          shown: addedTold(smallest, name),
          whose: 'ours',
        },
      })),
    }),
  };
  const slower = (name: string) => added(smallest, name) > unsure(smallest, name);
  const merged = added(smallest, 'merged');
  const margin = unsure(smallest, 'merged');
  const verdict = verdictOf();
  function verdictOf() {
    // Too few rounds have no interval. Merged LoRA is the very graph of the base: faster can only be noise.
    if (!(margin <= same)) return 'unclear';
    if (Math.abs(merged) + margin <= same) return slower('adapter-l') && slower('adapter-h') ? 'holds' : 'partly';
    return merged > margin ? 'not' : 'unclear';
  }
  const isTooFew = numberOf(smallest, 'trials') < fewestRounds;
  return {
    verdict,
    reading: say(isTooFew ? 'reading.rounds.few' : `reading.table1.${verdict}`),
    because: say('because.table1', {
      ...{ rows: numberOf(smallest, 'rows'), tokens: numberOf(smallest, 'tokens') },
      ...{ merged: addedTold(smallest, 'merged'), unmerged: addedTold(smallest, 'unmerged') },
      ...{ l: addedTold(smallest, 'adapter-l'), h: addedTold(smallest, 'adapter-h') },
      interval: say(isTooFew ? 'rounds.few' : 'rounds.interval'),
    }),
    short:
      verdict === 'unclear'
        ? say(isTooFew ? 'short.rounds.few' : 'short.unclear')
        : say('short.table1', {
            merged: signedPercent(added(smallest, 'merged')),
            h: signedPercent(added(smallest, 'adapter-h')),
          }),
    ...{ explanation, tables: [table, paperTable] },
    pictures: [bars, ...(experiment.options.bottlenecks.length > 1 ? [sweepPicture(shown, added)] : [])],
  };
}

/** With the width of its layers, of which Adapter-H has two per block. */
function nameOf(name: (typeof variantNames)[number], width: number, { experiment, say }: Shown): string {
  const [rank = 8] = experiment.options.ranks;
  const sizes: Readonly<Record<typeof name, string>> = {
    ...{ base: '', merged: `, r ${rank}`, unmerged: `, r ${rank}` },
    ...{ 'adapter-l': `, ${say('chart.width')} ${width}`, 'adapter-h': `, ${say('chart.width')} 2 × ${halfOf(width)}` },
  };
  return say(`variant.${name}`) + sizes[name];
}

function sizeOf(cell: LabCell): number {
  return numberOf(cell, 'rows') * numberOf(cell, 'tokens');
}

/** Appendix B: rows are widths, columns batch × length, one block per kind of layer; from 0 to 40 % and more. */
function sweepPicture({ experiment, say }: Shown, added: (cell: LabCell, name: string) => number): Picture {
  const { passes } = experiment.options;
  const bottlenecks = experiment.options.bottlenecks.toSorted((a, b) => a - b);
  const title = say('picture.sweep');
  const [cellWidth, cellHeight, left, block] = [84, 30, 120, 60 + 30 * bottlenecks.length];
  const parts = (['adapter-l', 'adapter-h'] as const).flatMap((name, place) => {
    const top = 24 + place * block;
    return [
      text(8, top - 6, say(`variant.${name}`), { colour: colours.ink, weight: 600 }),
      text(left - 8, top - 6, say('chart.width'), { anchor: 'end', colour: colours.ink3 }),
      text(left + (passes.length / 2) * cellWidth, top + bottlenecks.length * cellHeight + 32, say('chart.passes'), {
        anchor: 'middle',
        colour: colours.ink3,
      }),
      ...passes.map(({ rows, tokens }, column) =>
        text(left + (column + 0.5) * cellWidth, top + bottlenecks.length * cellHeight + 16, `${rows} × ${tokens}`, {
          anchor: 'middle',
          colour: colours.ink3,
        }),
      ),
      ...bottlenecks.flatMap((width, row) => [
        text(left - 8, top + (row + 0.65) * cellHeight, name === 'adapter-h' ? `2 × ${halfOf(width)}` : String(width), {
          anchor: 'end',
          colour: colours.ink3,
        }),
        ...passes.flatMap(({ rows, tokens }, column) => {
          const cell = experiment.cells.find((each) => each.key === `${rows} × ${tokens}, width ${width}`);
          if (cell === undefined) return [];
          const share = added(cell, name);
          const step = heatStep(Math.min(0.5, (Math.max(0, share) / 0.4) * 0.5));
          const [x, y] = [left + column * cellWidth, top + row * cellHeight];
          return [
            rect(x + 1, y + 1, cellWidth - 2, cellHeight - 2, heatColour(step), 4),
            text(x + cellWidth / 2, y + 20, percent(share), { anchor: 'middle', colour: colours.ink }),
          ];
        }),
      ]),
    ];
  });
  const [width, height] = [left + passes.length * cellWidth + 16, 2 * block + 8];
  return {
    name: 'sweep',
    title,
    whose: 'ours',
    group: null,
    maps: [],
    svg: svg({ width, height, described: title, parts }),
  };
}

function paperTableOf(say: Shown['say']): LabTable {
  const { settings, base, adapterL, adapterH } = paper.table1;
  const rowOf = (name: string, times: readonly (readonly [number, number] | readonly number[])[]) => [
    { text: name },
    ...times.map(([time = 0, spread = 0], i) => {
      const share = time / (base[i]?.[0] ?? time) - 1;
      return {
        text: `${time.toFixed(1)} ± ${spread.toFixed(1)}`,
        ...(share > 0 ? { spread: `+${percent(share)}` } : {}),
      };
    }),
  ];
  return {
    ...{ title: say('table.paper.table1'), whose: 'paper', note: '' },
    columns: [say('column.case'), ...settings],
    rows: [
      rowOf(`${say('variant.base')}, ${say('variant.merged')}`, base),
      rowOf(say('variant.adapter-l'), adapterL),
      rowOf(say('variant.adapter-h'), adapterH),
    ],
  };
}
