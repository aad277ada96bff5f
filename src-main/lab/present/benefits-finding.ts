import type { LabTable } from '../../../src-contract/lab.ts';
import { bytes, milliseconds, percent, significant } from '../numbers.ts';
import { barChart } from './bar-chart.ts';
import { type Finding, numberOf, openFinding, type Picture, type Shown } from './finding.ts';
import { paper } from './paper.ts';

/** From this ratio on, all weights take more memory or time than LoRA. */
const gained = 1.1;

/** Benefits: LoRA compared with training all weights, measured. */
export function benefitsFinding(shown: Shown): Finding {
  const { experiment, say } = shown;
  const { options, facts } = experiment;
  const explanation = [say('explain.benefits.1'), say('explain.benefits.2')];
  const cell = (key: string) => experiment.cells.find((each) => each.key === key);
  const [lora, full, change] = [cell('lora'), cell('full'), cell('switch')];
  const paperTable: LabTable = {
    ...{ title: say('table.paper.benefits'), whose: 'paper', note: '' },
    columns: [say('column.what'), say('column.lora', { rank: 4 }), say('column.full')],
    rows: [
      [{ text: say('row.memory') }, { text: paper.benefits.memory[1] }, { text: paper.benefits.memory[0] }],
      [
        { text: say('row.file') },
        { text: `1/${paper.benefits.checkpointRatio.toLocaleString('en-GB')}` },
        { text: '1' },
      ],
      [{ text: say('row.speed') }, { text: `+${percent(paper.benefits.speedUp, 0)}` }, { text: '1' }],
    ],
  };
  if (lora === undefined || full === undefined) return openFinding(explanation, { tables: [paperTable] });
  const rowOf = (name: string, key: string, shownAs: (value: number) => string) => [
    { text: name },
    { text: shownAs(numberOf(lora, key)) },
    { text: shownAs(numberOf(full, key)) },
    { text: `× ${significant(numberOf(full, key) / numberOf(lora, key))}` },
  ];
  const table: LabTable = {
    ...{ title: say('table.benefits'), whose: 'ours' },
    note: say('table.benefits.note', { steps: options.steps, batch: options.batchSize, rate: options.learningRate }),
    columns: [
      say('column.what'),
      say('column.lora', { rank: options.ranks[0] ?? 0 }),
      say('column.full'),
      say('column.ratio'),
    ],
    rows: [
      rowOf(say('row.parameters'), 'parameters', (value) => value.toLocaleString('en-GB')),
      rowOf(say('row.file'), 'fileBytes', bytes),
      rowOf(say('row.state'), 'stateBytes', bytes),
      rowOf(say('row.memory'), 'peakRssBytes', bytes),
      rowOf(say('row.step'), 'secondsPerStep', (value) => milliseconds(value * 1000)),
      // A ratio of losses is meaningless.
      rowOf(say('row.loss'), 'validationLoss', (value) => value.toFixed(3)).with(3, { text: '' }),
      ...(change === undefined
        ? []
        : [
            [
              { text: say('row.switch') },
              { text: milliseconds(numberOf(change, 'medianMs')) },
              { text: '–' },
              { text: '' },
            ],
            [
              { text: say('row.switchFirst') },
              { text: milliseconds(numberOf(change, 'firstMs')) },
              { text: '–' },
              { text: '' },
            ],
          ]),
    ],
  };
  const ratios = { file: ratio('fileBytes'), memory: ratio('peakRssBytes'), step: ratio('secondsPerStep') };
  const title = say('picture.benefits');
  const picture: Picture = {
    ...{ name: 'ratios', title, whose: 'ours', group: null },
    svg: barChart({
      described: title,
      bars: (['memory', 'step'] as const).map((name) => ({
        ...{ name: say(`row.${name}`), value: ratios[name], shown: `× ${significant(ratios[name])}`, whose: 'ours' },
      })),
    }),
  };
  // Each was trained once, one after the other: a smaller difference may be the machine's.
  const gains = [ratios.file > 2, ratios.memory > gained, ratios.step > gained].filter(Boolean).length;
  const verdict = gains === 0 ? 'not' : gains === 3 ? 'holds' : 'partly';
  return {
    verdict,
    reading: say(`reading.benefits.${verdict}`),
    because: say('because.benefits', {
      ...{ share: percent(numberOf(lora, 'parameters') / facts.parameters, 2), ratio: significant(ratios.file) },
      ...{ speed: percent(1 / ratios.step, 0), memory: percent(1 / ratios.memory, 0) },
      switch: change === undefined ? '–' : milliseconds(numberOf(change, 'medianMs')),
      ...{ lora: significant(numberOf(lora, 'validationLoss')), full: significant(numberOf(full, 'validationLoss')) },
      base: significant(numberOf(lora, 'baseLoss')),
    }),
    short: say('short.benefits', { ratio: significant(ratios.file), speed: percent(1 / ratios.step, 0) }),
    ...{ explanation, tables: [table, paperTable], pictures: [picture] },
  };

  function ratio(name: string): number {
    return numberOf(full, name) / numberOf(lora, name);
  }
}
