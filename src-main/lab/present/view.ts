import { deviceName } from '../../../src-contract/device-name.ts';
import type { LabCell, LabExperiment, LabKind, LabOptions, LabView } from '../../../src-contract/lab.ts';
import { localDay } from '../../../src-contract/local-time.ts';
import { lossSplit } from '../lab-tokens.ts';
import { fewestPairs } from '../paired-interval.ts';
import type { Say } from '../words/say.ts';
import { benefitsFinding } from './benefits-finding.ts';
import { figureFinding } from './figure-finding.ts';
import { type Finding, numberOf, type Shown } from './finding.ts';
import { oneBatchFinding } from './one-batch-finding.ts';
import { rankToFullFinding } from './rank-to-full-finding.ts';
import { table5Finding, table6Finding } from './sweep-finding.ts';
import { table1Finding } from './table1-finding.ts';
import { table7Finding } from './table7-finding.ts';
import { unlearned } from './unlearned.ts';

const findings: Readonly<Record<LabKind, (shown: Shown) => Finding>> = {
  table1: table1Finding,
  table5: table5Finding,
  table6: table6Finding,
  table7: table7Finding,
  fig3: figureFinding,
  fig4: figureFinding,
  benefits: benefitsFinding,
  ranktofull: rankToFullFinding,
  onebatch: oneBatchFinding,
};

export function findingOf(shown: Shown): Finding {
  const { say } = shown;
  const found = findings[shown.experiment.kind](shown);
  const nothing = found.verdict === 'open' ? undefined : unlearned(shown);
  const finding = nothing === undefined ? found : { ...found, ...nothing, seeds: undefined };
  const { verdict, reading, because, short, seeds = fewestPairs } = finding;
  if (verdict === 'open') return { ...finding, ...openWords(shown) };
  if (seeds >= fewestPairs) return { ...finding, reading: say(`verdict.${verdict}`) + reading };
  // What so few seeds show may be chance: it is a hint, and no verdict.
  return {
    ...finding,
    verdict: 'unclear',
    reading: say(verdict === 'unclear' ? 'verdict.unclear' : `verdict.${verdict}.fewSeeds`) + reading,
    because: `${because} ${say(seeds === 1 ? 'because.oneSeed' : 'because.twoSeeds', { fewest: fewestPairs })}`,
    short: say(seeds === 1 ? 'short.oneSeed' : 'short.twoSeeds', { short }),
  };
}

/** Why nothing follows: the rest is still to be measured, or there was nothing to compare. */
function openWords({ experiment: { kind, state }, say }: Shown): Pick<Finding, 'reading' | 'short'> {
  const compares = kind === 'table5' || kind === 'table6';
  if (state !== 'finished' || !compares) return { reading: say('verdict.open'), short: '' };
  return { reading: say(`verdict.open.${kind}`), short: say('short.open') };
}

/** An experiment in words and pictures, even while it is running. */
export function viewOf(shown: Shown, uses: readonly (keyof LabOptions)[]): LabView {
  const { experiment, say, apart } = shown;
  const { short: _, ...finding } = findingOf(shown);
  return {
    kind: experiment.kind,
    ...finding,
    ...{ explanation: [...finding.explanation], uses: [...uses] },
    tables: [...finding.tables],
    pictures: finding.pictures.map(({ maps, ...picture }) => ({ ...picture, maps: maps?.map(readable) ?? [] })),
    place: say(`place.${experiment.kind}`),
    question: say(`question.${experiment.kind}`),
    caption: captionOf(experiment, { say, apart }),
  };
}

function readable<Map extends { values: readonly (readonly number[])[] }>(map: Map) {
  return { ...map, values: map.values.map((row) => [...row]) };
}

/** Everything a picture needs to stand alone: its subject, the data, how, where and when. */
function captionOf(
  { kind, facts, options, cells, total, repeat, createdAt }: LabExperiment,
  { say, apart = 0 }: Pick<Shown, 'say' | 'apart'>,
): string {
  const { machine } = facts;
  const deviceWords = { graphics: say('device.graphics'), threads: (n: string) => say('device.threads', { n }) };
  const trains = facts.dataset !== null;
  /** As many as were short enough; parts of earlier versions do not say. */
  const rowsOf = (name: string, asked: number) =>
    cells.map((cell) => numberOf(cell, name)).find(Number.isFinite) ?? asked;
  const wanted = options.steps * options.batchSize;
  const trainRows = rowsOf('trainRows', facts.splits?.train ?? Number.POSITIVE_INFINITY);
  const settings = [
    ...(trains
      ? [
          say('caption.training', {
            ...{
              steps: options.steps,
              batch: options.batchSize,
              length: options.maxLength,
              rate: options.learningRate,
            },
            ...{
              alpha: options.alpha,
              seeds: options.seeds.join(', '),
              loss: lossRowsOf(facts, rowsOf('validationRows', options.validationRows), say),
            },
          }),
          ...(trainRows < wanted ? [say('caption.again', { rows: trainRows, wanted })] : []),
        ]
      : []),
    ...(facts.metric === null ? [] : [say('caption.metric', { rows: options.metricRows })]),
    ...(kind === 'onebatch' ? [say('caption.trials', { trials: options.trials })] : []),
    ...(kind === 'benefits' ? [say('caption.switches', { trials: options.trials })] : []),
    ...(kind === 'table1' && cells.length > 0 ? [say('caption.rounds', { rounds: roundsOf(cells) })] : []),
    ...(facts.adapter === undefined
      ? []
      : [say('caption.adapter', { adapter: facts.adapter.name, sha: facts.adapter.sha256.slice(0, 8) })]),
    // A picture of an incomplete result says so wherever it goes.
    ...(cells.length < total ? [say('caption.partial', { done: cells.length, total })] : []),
    ...(repeat === null || repeat.compared === 0 ? [] : [say('caption.repeat', repeat)]),
    ...(apart > 0
      ? [say('caption.apart', { parts: (10 ** Math.floor(-Math.log10(apart))).toLocaleString('en-GB') })]
      : []),
  ];
  return say('caption', {
    ...{ place: say(`place.${kind}`), model: facts.baseModel, sha: facts.baseSha256.slice(0, 8) },
    data: trains
      ? say('caption.data', { dataset: facts.dataset ?? '', sha: facts.datasetSha256?.slice(0, 8) ?? '' })
      : say('caption.noData'),
    settings: settings.join(' '),
    machine: say('caption.machine', { ...machine, device: deviceName(machine.device, deviceWords) }),
    ...{ studio: machine.studio, date: localDay(createdAt) },
  });
}

/** The rows that the losses were measured on; their split is unknown in results of earlier versions. */
function lossRowsOf({ splits }: LabExperiment['facts'], rows: number, say: Say): string {
  return splits === undefined ? say('caption.loss', { rows }) : say(`caption.loss.${lossSplit(splits)}`, { rows });
}

/** From the fewest to the most of any case: a measurement goes on until it is precise enough. */
function roundsOf(cells: readonly LabCell[]): string {
  const rounds = cells.map((cell) => numberOf(cell, 'trials'));
  const [least, most] = [Math.min(...rounds), Math.max(...rounds)];
  return least === most ? String(least) : `${least}–${most}`;
}
