import type { LabCell, LabTable } from '../../../src-contract/lab.ts';
import { mean, percent, significant, spread } from '../numbers.ts';
import { fewestPairs, hasLearned, type PairedInterval, pairedInterval } from '../paired-interval.ts';
import { barChart } from './bar-chart.ts';
import { type Finding, numberOf, openFinding, type Picture, type Reading, type Shown, textOf } from './finding.ts';
import { lineChart } from './line-chart.ts';
import { paper } from './paper.ts';
import { noneLearned } from './unlearned.ts';

/** The cells of one set of matrices at one rank, over the seeds. */
interface Group {
  readonly set: string;
  readonly rank: number;
  readonly losses: readonly number[];
  readonly lossBySeed: ReadonlyMap<number, number>;
  readonly metrics: readonly number[];
  readonly parameters: number;
}

/** Table 6: metric and loss by set and rank. */
export function table6Finding(shown: Shown): Finding {
  const { experiment, say } = shown;
  const { ranks, targetSets } = experiment.options;
  const groups = groupsOf(experiment.cells);
  const sets = targetSets.map((set) => set.join(','));
  const explanation = [say('explain.table6.1'), say('explain.table6.2'), say('explain.seeds')];
  const grid = (pick: (group: Group) => readonly number[], scale: number, better: 1 | -1) =>
    gridOf(groups, { sets, ranks, pick, scale, better, say });
  const measured = groups.some(({ metrics }) => metrics.length > 0);
  const metric = say('table.metric', { metric: metricName(shown) });
  const tables: LabTable[] = [
    ...(measured
      ? [
          ours(
            metric,
            noteOf('table.metric.note', shown),
            grid((group) => group.metrics, 100, 1),
          ),
        ]
      : []),
    ours(
      say('table.loss'),
      noteOf('table.loss.note', shown),
      grid((group) => group.losses, 1, -1),
    ),
    paperTable6(say('table.paper.wikisql'), paper.table6.wikiSql, say('column.matrices')),
    paperTable6(say('table.paper.multinli'), paper.table6.multiNli, say('column.matrices')),
  ];
  const bars = experiment.options.seeds.length > 1 ? say('chart.bars') : '';
  const pictures: Picture[] =
    groups.length === 0
      ? []
      : [
          rankPicture('loss', say('picture.loss'), say('chart.loss') + bars, (group) => group.losses),
          // If all are equal, a picture shows nothing that the table does not.
          ...(measured && new Set(groups.map(({ metrics }) => mean(metrics))).size > 1
            ? [
                rankPicture(
                  'metric',
                  say('picture.metric', { metric: metricName(shown) }),
                  say('chart.metric', { metric: metricName(shown) }) + bars,
                  (group) => group.metrics.map((value) => 100 * value),
                ),
              ]
            : []),
        ];
  return {
    ...(readTable6(groups, sets, shown) ?? openFinding(explanation)),
    explanation,
    tables,
    pictures,
  };

  function rankPicture(
    name: string,
    title: string,
    yLabel: string,
    pick: (group: Group) => readonly number[],
  ): Picture {
    const series = sets.map((set) => ({
      name: set,
      points: groups
        .filter((group) => group.set === set && pick(group).length > 0)
        .sort((a, b) => a.rank - b.rank)
        .map((group) => ({ x: group.rank, y: mean(pick(group)), spread: spread(pick(group)) })),
    }));
    const bounds = name === 'metric' ? { fromZero: true, most: 100 } : {};
    const chart = { described: title, xLabel: say('chart.rank'), yLabel, logarithmic: true, ...bounds };
    return {
      name,
      title,
      whose: 'ours',
      group: null,
      svg: lineChart({ ...chart, series: series.filter(({ points }) => points.length > 0) }),
    };
  }
}

/** A low rank is enough if it is within this share of what the best rank takes off the base's loss. */
const almost = 0.1;

/**
 * A low rank is enough if it stays within a tenth of the gain of every other rank, and not if one is clearly ahead of it
 * by more: to miss a difference is not to show that there is none.
 */
function readTable6(groups: readonly Group[], sets: readonly string[], shown: Shown): Reading | undefined {
  const { experiment, say } = shown;
  // The set of q and v is the paper's own choice; without it, the last one takes its place.
  const set = sets.includes('q,v') ? 'q,v' : (sets.at(-1) ?? '');
  const first = sets.find((each) => each !== set) ?? set;
  const ofSet = groups.filter((group) => group.set === set).sort((a, b) => a.rank - b.rank);
  const beside = groups.find((group) => group.set === first && group.rank === ofSet[0]?.rank);
  // One rank says nothing of ranks, nor one set of sets.
  if (beside === undefined || ofSet.length < 2 || sets.length < 2) return undefined;
  const [alone, ...own] = onSharedSeeds([beside, ...ofSet]) as [Group, ...Group[]];
  const seeds = [...alone.lossBySeed.keys()];
  const low = own[0];
  if (low === undefined || seeds.length === 0) return undefined;
  const best = own.reduce((most, group) => (mean(group.losses) < mean(most.losses) ? group : most));
  const base = mean(experiment.cells.map((cell) => numberOf(cell, 'baseLoss')).filter(Number.isFinite));
  const lowest = mean(best.losses);
  // Another set may have learned: of this one's ranks, nothing follows.
  if (!hasLearned(base, lowest)) return noneLearned(cellsOf(set, experiment.cells), shown);
  const others = own.slice(1);
  const room = almost * (base - lowest);
  const behind = (other: Group, chosenFrom: number) =>
    pairedInterval(differences(low, other), { level: lowest, chosenFrom });
  const enough = others.every((other) => behind(other, 1).high <= room);
  const helps = others.some((other) => behind(other, others.length).low > room);
  const gains = seeds.map((seed) => lossOf(alone, seed) - lossOf(low, seed));
  const ranges = seeds.map((seed) => {
    const losses = own.map((group) => lossOf(group, seed));
    return Math.max(...losses) - Math.min(...losses);
  });
  const matricesMatter =
    pairedInterval(
      gains.map((gain, i) => Math.abs(gain) - (ranges[i] ?? Number.NaN)),
      { level: lowest },
    ).low > 0;
  const verdict = enough ? (matricesMatter ? 'holds' : 'partly') : helps ? 'not' : 'unclear';
  return {
    verdict,
    reading: say(`reading.table6.${verdict}`),
    because: say(best === low ? 'because.table6.lowest' : 'because.table6', {
      ...{ set, low: low.rank, bestRank: best.rank, first, seeds: seeds.length },
      ...{ share: percent((base - mean(low.losses)) / (base - lowest), 0), rows: rowsOf(experiment) },
      ...{ base: significant(base), bestLoss: significant(lowest) },
      ...{ gain: significant(Math.abs(mean(gains))), range: significant(mean(ranges)) },
    }),
    short: say('short.table6', { low: low.rank, share: percent((base - mean(low.losses)) / (base - lowest), 0) }),
    seeds: seeds.length,
  };
}

/** How much higher the one loss is than the other, seed by seed. */
function differences(one: Group, other: Group): number[] {
  return sharedSeeds([one, other]).map((seed) => lossOf(one, seed) - lossOf(other, seed));
}

function sharedSeeds([first, ...others]: readonly Group[]): number[] {
  const seeds = [...(first?.lossBySeed.keys() ?? [])];
  return seeds.filter((seed) => others.every(({ lossBySeed }) => lossBySeed.has(seed)));
}

/** Without the seeds that are not trained in all of them: the mean of others says nothing of a difference. */
function onSharedSeeds(groups: readonly Group[]): Group[] {
  const seeds = sharedSeeds(groups);
  return groups.map((group) => {
    const lossBySeed = new Map(seeds.map((seed) => [seed, lossOf(group, seed)]));
    return { ...group, lossBySeed, losses: [...lossBySeed.values()] };
  });
}

function lossOf({ lossBySeed }: Group, seed: number): number {
  return lossBySeed.get(seed) ?? Number.NaN;
}

/** The rows that losses were measured on. */
function rowsOf({ cells, options }: Shown['experiment']): number {
  return cells.map((cell) => numberOf(cell, 'validationRows')).find(Number.isFinite) ?? options.validationRows;
}

function cellsOf(set: string, cells: readonly LabCell[]): LabCell[] {
  return cells.filter((cell) => textOf(cell, 'targets') === set);
}

/** Table 5: metric and loss by set within one budget, and how equal the budgets are. */
export function table5Finding(shown: Shown): Finding {
  const { experiment, say } = shown;
  const { budgetRank, targetSets } = experiment.options;
  const explanation = [say('explain.table5.1'), say('explain.table5.2', { rank: budgetRank }), say('explain.seeds')];
  const groups = groupsOf(experiment.cells);
  if (groups.length === 0) return openFinding(explanation, { tables: paperTable5(say) });
  const ordered = targetSets.flatMap((set) => groups.filter((group) => group.set === set.join(',')));
  const budget = groups.find(({ set }) => set === 'q')?.parameters ?? groups[0]?.parameters ?? 1;
  const off = ordered.map(({ parameters }) => parameters / budget - 1);
  const names = ordered.map(({ set, rank }) => `${set} r${rank}`);
  const losses = ordered.map((group) => mean(group.losses));
  const measured = ordered.some(({ metrics }) => metrics.length > 0);
  const cells = (pick: (group: Group) => readonly number[], scale: number, better: 1 | -1) =>
    ordered.map((group) =>
      numberCell(
        pick(group),
        scale,
        ordered.map((each) => mean(pick(each))),
        better,
      ),
    );
  const tables: LabTable[] = [
    ...(measured
      ? [
          ours(say('table.metric', { metric: metricName(shown) }), noteOf('table.metric.note', shown), {
            columns: names,
            rows: [cells(({ metrics }) => metrics, 100, 1)],
          }),
        ]
      : []),
    ours(say('table.loss'), noteOf('table.loss.note', shown), {
      columns: names,
      rows: [cells((group) => group.losses, 1, -1)],
    }),
    ours(say('table.budget'), say('table.budget.note'), {
      columns: [say('column.matrices'), ...names],
      rows: [
        [
          { text: say('column.weights') },
          ...ordered.map(({ parameters }) => ({ text: parameters.toLocaleString('en-GB') })),
        ],
        [{ text: say('column.off') }, ...off.map((share) => ({ text: signed(share) }))],
      ],
    }),
    ...paperTable5(say),
  ];
  const picture: Picture = {
    ...{ name: 'sets', title: say('picture.sets'), whose: 'ours', group: null },
    svg: barChart({
      described: say('picture.sets'),
      bars: ordered.map((group, i) => ({
        name: names[i] ?? '',
        value: losses[i] ?? 0,
        shown: `${(losses[i] ?? 0).toFixed(3)}${group.losses.length > 1 ? ` ± ${spread(group.losses).toFixed(3)}` : ''}`,
        whose: 'ours',
      })),
    }),
  };
  return { ...readTable5(ordered, off, shown), explanation, tables, pictures: [picture] };
}

/**
 * The best set must beat every one of the other kind. It was picked as the best of its own kind, so each interval is as
 * wide as that demands.
 */
function readTable5(all: readonly Group[], off: readonly number[], { say, experiment }: Shown): Reading {
  const groups = onSharedSeeds(all);
  const byLoss = (some: readonly Group[]) => some.toSorted((a, b) => mean(a.losses) - mean(b.losses));
  const singles = byLoss(groups.filter(({ set }) => !set.includes(',')));
  const severals = byLoss(groups.filter(({ set }) => set.includes(',')));
  const [single, several] = [singles[0], severals[0]];
  const seeds = single?.losses.length ?? 0;
  const isPartial = groups.length < experiment.options.targetSets.length;
  if (single === undefined || several === undefined || seeds === 0 || isPartial)
    return { verdict: 'open', reading: '', because: '', short: '' };
  const severalWins = mean(several.losses) < mean(single.losses);
  const [best, own, rivals] = severalWins ? [several, severals, singles] : [single, singles, severals];
  const about = { level: mean(best.losses), chosenFrom: own.length };
  const [hardest] = rivals
    .map(({ set, ...rival }) => ({ rival: set, ...pairedInterval(differences({ set, ...rival }, best), about) }))
    .sort((a, b) => a.low - b.low) as [PairedInterval & { rival: string }];
  const isClear = hardest.low > 0;
  const verdict = isClear ? (severalWins ? 'holds' : 'not') : 'unclear';
  return {
    verdict,
    reading: say(`reading.table5.${verdict}`),
    because: [
      say('because.table5', {
        ...{ several: several.set, severalLoss: significant(mean(several.losses)), single: single.set },
        ...{ singleLoss: significant(mean(single.losses)), budget: percent(Math.max(...off.map(Math.abs))), seeds },
        rows: rowsOf(experiment),
      }),
      ...(seeds < fewestPairs
        ? []
        : [
            say('because.table5.interval', {
              ...{ best: best.set, rival: hardest.rival, difference: hardest.mean.toFixed(3) },
              ...{ low: hardest.low.toFixed(3).replace('-', '−'), high: hardest.high.toFixed(3) },
            }),
          ]),
    ].join(' '),
    short: say(isClear ? 'short.table5' : 'short.table5.unclear', { best: best.set }),
    seeds,
  };
}

/** The metric's name as pages show it; one without a translation keeps its own. */
function metricName({ experiment, say }: Shown): string {
  const { metric } = experiment.facts;
  switch (metric) {
    case 'rougeL':
    case 'exactMatch':
    case 'labelsMatch':
    case 'numberMatch':
    case 'jsonMatch':
    case 'executionAccuracy':
    case 'sqlMatch':
      return say(`metric.${metric}`);
    default:
      return metric ?? '';
  }
}

/** What the cells hold: a mean over seeds, or the value of the only seed. */
function noteOf(name: 'table.metric.note' | 'table.loss.note', { experiment, say }: Shown): string {
  const { seeds, metricRows } = experiment.options;
  const trained = groupsOf(experiment.cells).map(({ losses }) => losses.length);
  const most = Math.max(...trained);
  // After a stop, some cells may have fewer seeds than others.
  const counts = trained.length === 0 ? [seeds.length] : new Set([Math.min(...trained), most]);
  return say(most === 1 || seeds.length === 1 ? `${name}.one` : name, {
    ...{ rows: metricRows, seeds: [...counts].join('–'), each: (100 / Math.max(1, metricRows)).toFixed(1) },
  });
}

function groupsOf(cells: readonly LabCell[]): Group[] {
  const trained = cells.filter((cell) => typeof cell.values.targets === 'string');
  const byShape = Map.groupBy(trained, (cell) => `${textOf(cell, 'targets')} ${numberOf(cell, 'rank')}`);
  return [...byShape.values()].map((same) => ({
    set: textOf(same[0] as LabCell, 'targets'),
    rank: numberOf(same[0], 'rank'),
    losses: same.map((cell) => numberOf(cell, 'validationLoss')),
    lossBySeed: new Map(same.map((cell) => [numberOf(cell, 'seed'), numberOf(cell, 'validationLoss')])),
    metrics: same.map((cell) => numberOf(cell, 'metric')).filter(Number.isFinite),
    parameters: numberOf(same[0], 'parameters'),
  }));
}

type Cell = LabTable['rows'][number][number];

function gridOf(
  groups: readonly Group[],
  about: {
    sets: readonly string[];
    ranks: readonly number[];
    pick: (group: Group) => readonly number[];
    scale: number;
    better: 1 | -1;
    say: Shown['say'];
  },
): Pick<LabTable, 'columns' | 'rows'> {
  const { sets, ranks, pick, scale, better, say } = about;
  const all = groups
    .map(pick)
    .filter((values) => values.length > 0)
    .map(mean);
  return {
    columns: [say('column.matrices'), ...ranks.map((rank) => `r ${rank}`)],
    rows: sets.map((set) => [
      { text: set },
      ...ranks.map((rank) => {
        const group = groups.find((each) => each.set === set && each.rank === rank);
        return numberCell(group === undefined ? [] : pick(group), scale, all, better);
      }),
    ]),
  };
}

/** The mean over seeds with its spread; darker the better it is among `all`. */
function numberCell(values: readonly number[], scale: number, all: readonly number[], better: 1 | -1): Cell {
  if (values.length === 0) return { text: '–' };
  const own = mean(values);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const place = (own - low) / (high - low);
  const digits = scale === 100 ? 1 : 3;
  return {
    text: (own * scale).toFixed(digits),
    ...(values.length > 1 ? { spread: `± ${(spread(values) * scale).toFixed(digits)}` } : {}),
    // If all are equal, none is better.
    ...(high > low ? { heat: 0.5 * (better === 1 ? place : 1 - place) } : {}),
  };
}

function ours(title: string, note: string, table: Pick<LabTable, 'columns' | 'rows'>): LabTable {
  return { title, whose: 'ours', note, ...table };
}

function paperTable5(say: Shown['say']): LabTable[] {
  const { columns, wikiSql, multiNli } = paper.table5;
  const rowOf = (numbers: readonly number[]) =>
    numbers.map((value) => ({ text: value.toFixed(1), heat: heatOf(value, numbers) }));
  return [
    { title: say('table.paper.wikisql'), whose: 'paper', note: '', columns: [...columns], rows: [rowOf(wikiSql)] },
    { title: say('table.paper.multinli'), whose: 'paper', note: '', columns: [...columns], rows: [rowOf(multiNli)] },
  ];
}

function paperTable6(title: string, numbers: readonly (readonly number[])[], matrices: string): LabTable {
  return {
    ...{ title, whose: 'paper', note: '', columns: [matrices, ...paper.table6.ranks.map((rank) => `r ${rank}`)] },
    rows: paper.table6.sets.map((set, i) => [
      { text: set },
      ...(numbers[i] ?? []).map((value) => ({ text: value.toFixed(1), heat: heatOf(value, numbers.flat()) })),
    ]),
  };
}

function signed(share: number): string {
  if (Math.abs(share) < 0.0005) return '0';
  return `${share > 0 ? '+' : '−'}${percent(Math.abs(share))}`;
}

function heatOf(value: number, all: readonly number[]): number {
  return (0.5 * (value - Math.min(...all))) / (Math.max(...all) - Math.min(...all));
}
