import { deviceName } from '../../../src-contract/device-name.ts';
import type { LabCell, LabExperiment, LabKind, LabOptions, LabView } from '../../../src-contract/lab.ts';
import { comparesLosses } from '../experiments.ts';
import { lossSplit } from '../lab-tokens.ts';
import { differ, mean, significant } from '../numbers.ts';
import type { Say } from '../words/say.ts';
import { benefitsFinding } from './benefits-finding.ts';
import { figureFinding } from './figure-finding.ts';
import { type Finding, numberOf, type Shown } from './finding.ts';
import { oneBatchFinding } from './one-batch-finding.ts';
import { rankToFullFinding } from './rank-to-full-finding.ts';
import { table5Finding, table6Finding } from './sweep-finding.ts';
import { table1Finding } from './table1-finding.ts';
import { table7Finding } from './table7-finding.ts';

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
  const finding = found.verdict === 'open' ? found : { ...found, ...unlearned(shown) };
  const { verdict, reading, because } = finding;
  const { kind, options } = shown.experiment;
  // A result from one seed may be chance: the sentence claims no more than that, and says so.
  const isByOneSeed = comparesLosses.has(kind) && options.seeds.length === 1 && because !== '';
  const claimsLess = isByOneSeed && verdict !== 'open' && verdict !== 'unclear';
  return {
    ...finding,
    reading: say(claimsLess ? `verdict.${verdict}.oneSeed` : `verdict.${verdict}`) + reading,
    because: isByOneSeed ? `${because} ${say('because.oneSeed')}` : because,
  };
}

/** What is said where nothing was learned: losses that equal the base's agree and differ by chance alone. */
function unlearned({ experiment: { kind, cells }, say }: Shown): Partial<Finding> | undefined {
  if (!comparesLosses.has(kind)) return undefined;
  const named = (name: string) => cells.map((cell) => numberOf(cell, name)).filter(Number.isFinite);
  const [base, lowest] = [mean(named('baseLoss')), Math.min(...named('validationLoss'))];
  if (lowest < base && differ([base], [lowest])) return undefined;
  return {
    verdict: 'unclear',
    reading: say('reading.unlearned'),
    because: say('because.unlearned', { base: significant(base), lowest: significant(lowest) }),
    short: say('short.unlearned'),
  };
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
            ...{ alpha: options.alpha, seeds: options.seeds.join(', '), loss: lossRowsOf(facts, options, say) },
          }),
          ...(isReadAgain(facts, options) ? [say('caption.again', { rows: facts.splits?.train ?? 0 })] : []),
        ]
      : []),
    ...(facts.metric === null ? [] : [say('caption.metric', { rows: options.metricRows })]),
    ...(['onebatch', 'benefits'].includes(kind) ? [say('caption.trials', { trials: options.trials })] : []),
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
    ...{ studio: machine.studio, date: new Date(createdAt).toISOString().slice(0, 10) },
  });
}

/** The rows that the losses were measured on; their split is unknown in results of earlier versions. */
function lossRowsOf({ splits }: LabExperiment['facts'], { validationRows: rows }: LabOptions, say: Say): string {
  return splits === undefined ? say('caption.loss', { rows }) : say(`caption.loss.${lossSplit(splits)}`, { rows });
}

function isReadAgain({ splits }: LabExperiment['facts'], { steps, batchSize }: LabOptions): boolean {
  return splits !== undefined && splits.train < steps * batchSize;
}

/** From the fewest to the most of any case: a measurement goes on until it is precise enough. */
function roundsOf(cells: readonly LabCell[]): string {
  const rounds = cells.map((cell) => numberOf(cell, 'trials'));
  const [least, most] = [Math.min(...rounds), Math.max(...rounds)];
  return least === most ? String(least) : `${least}–${most}`;
}
