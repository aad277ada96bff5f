import type { LabCell, LabTable } from '../../../src-contract/lab.ts';
import { median, significant } from '../numbers.ts';
import { fewestPairs, pairedInterval } from '../paired-interval.ts';
import { type Finding, numberOf, openFinding, type Picture, type Shown, textOf } from './finding.ts';
import { heatMaps } from './heat-map.ts';

const matrices = ['q', 'v'] as const;

/** Figures 3 and 4: which directions two trainings share. */
export function figureFinding(shown: Shown): Finding {
  const { experiment, say, maps } = shown;
  const kind = experiment.kind === 'fig4' ? 'fig4' : 'fig3';
  const explanation =
    kind === 'fig3'
      ? [say('explain.fig3.1'), say('explain.fig3.2'), say('explain.fig3.3'), say('explain.figure')]
      : [say('explain.fig4.1'), say('explain.fig4.2'), say('explain.fig3.3'), say('explain.figure')];
  const cells = experiment.cells.filter((cell) => typeof cell.values.of === 'string');
  if (cells.length === 0) return openFinding(explanation);
  const all = (of: string, name: string, target?: string) =>
    cells
      .filter((cell) => cell.values.of === of && (target === undefined || cell.values.target === target))
      .map((cell) => numberOf(cell, name));
  const at = (of: string, name: string, target?: string) => median(all(of, name, target));
  const [i, j] = [numberOf(cells[0], 'rows'), numberOf(cells[0], 'columns')];
  const chance = 1 / numberOf(cells[0], 'width');
  const verdict = verdictOf(kind, all, chance);
  const places = new Map([
    ['i 1, j 1', 'first'],
    [`i ${Math.min(4, i)}, j ${Math.min(4, j)}`, 'fourth'],
    [`i ${i}, j ${j}`, 'all'],
  ]);
  const tables: LabTable[] = [
    {
      ...{ title: say('table.figure'), note: say('table.figure.note'), whose: 'ours' },
      columns: ['φ', 'ΔWq: A', 'ΔWv: A', 'ΔWq: B · A', 'ΔWv: B · A', say('chart.of.random')],
      // With low ranks the first four are all there are.
      rows: [...places].map(([text, name]) => [
        { text },
        ...(['A', 'BA'] as const).flatMap((of) =>
          matrices.map((target) => ({
            text: at(of, name, target).toFixed(3),
            heat: 0.5 * Math.min(1, at(of, name, target)),
          })),
        ),
        { text: at('random', name).toFixed(3), heat: 0.5 * Math.min(1, at('random', name)) },
      ]),
    },
  ];
  return {
    verdict,
    reading: say(verdict === 'unclear' ? 'reading.figure.unclear' : `reading.${kind}.${verdict}`),
    because: say('because.figure', {
      ...{
        n: all('A', 'first').length,
        a: significant(at('A', 'first'), 2),
        ba: significant(at('BA', 'first'), 2),
        chance: significant(chance, 2),
        i: Math.min(4, i),
        j: Math.min(4, j),
      },
      ...{ aMore: significant(at('A', 'fourth'), 2), baMore: significant(at('BA', 'fourth'), 2) },
      randomMore: significant(at('random', 'fourth'), 2),
    }),
    short: say('short.figure', { ba: significant(at('BA', 'first'), 2), chance: significant(chance, 2) }),
    ...{ explanation, tables },
    pictures: maps === undefined ? [] : picturesOf(maps.layer, maps.cells, shown, kind === 'fig3' ? 8 : 0),
  };
}

/**
 * What two adapters share must be more than random matrices do, matrix by matrix, beyond their spread. Then Figure 3
 * holds if the first directions agree by more than half, as in the paper, and Figure 4 if the first four agree at least
 * twice as much as random ones. The better of A and B · A counts, and is held to more as the better of two: the paper
 * trained until A was no longer random.
 */
function verdictOf(kind: 'fig3' | 'fig4', all: (of: string, name: string) => number[], chance: number) {
  const first = Math.max(median(all('A', 'first')), median(all('BA', 'first')));
  const [shared = []] = [all('A', 'fourth'), all('BA', 'fourth')].sort((a, b) => median(b) - median(a));
  const random = all('random', 'fourth');
  const level = median(random);
  // Cells are in the same order for each: matrix by matrix.
  const beyond = pairedInterval(
    shared.map((value, i) => value - (random[i] ?? Number.NaN)),
    { level, chosenFrom: 2 },
  );
  if (shared.length < fewestPairs) return 'unclear';
  if (beyond.low <= 0) return beyond.high < level ? 'not' : 'unclear';
  if (kind === 'fig3') return first > 0.5 ? 'holds' : 'partly';
  return first > 10 * chance && median(shared) > 2 * level ? 'holds' : 'partly';
}

function picturesOf(layer: number, cells: readonly LabCell[], { say }: Shown, zoom: number): Picture[] {
  const words = { i: 'i', j: 'j', none: say('chart.none'), all: say('chart.all') };
  const titles = { A: 'picture.maps', BA: 'picture.effect', random: 'picture.random' } as const;
  return (['A', 'BA', 'random'] as const).flatMap((of) => {
    const maps = matrices.flatMap((target) => {
      const cell = cells.find((each) => textOf(each, 'of') === of && textOf(each, 'target') === target);
      return cell?.map === undefined
        ? []
        : [{ name: of === 'random' ? `k ${numberOf(cell, 'width')}` : `ΔW${target}`, values: cell.map }];
    });
    if (maps.length === 0) return [];
    const title = say(titles[of], { layer: layer + 1 });
    const { svg, placed } = heatMaps(of === 'random' ? maps.slice(0, 1) : maps, { ...words, described: title }, zoom);
    return [
      {
        name: `${of}-layer-${layer + 1}`,
        title,
        whose: 'ours',
        group: say('layer', { layer: layer + 1 }),
        svg,
        maps: placed,
      } as const,
    ];
  });
}
