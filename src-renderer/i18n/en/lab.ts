import type { Message } from '../message.ts';

export const lab = {
  'lab.what': 'The method, with its numbers for your base model',
  'lab.train': 'Train an adapter',
  'lab.model': 'Base model',
  'lab.model.detail': '{weights} weights, {layers} layers, width {hidden}',
  'lab.rank': 'Rank',
  'lab.targets': 'Beside which matrices',
  'lab.targets.both': 'q and o',
  'lab.sentence': 'Trains {trained} of {total} weights.',
  'lab.share': 'Of the whole model',
  'lab.file': 'The adapter’s file',
  'lab.beside': 'Frozen weights they stand beside',
  'lab.ofBeside': 'Trained beside frozen',
  'lab.thin': 'B · A is as large as W but of low rank: it can only change W in as many directions as the rank says.',
  'lab.full': 'From here on the slips hold as many numbers as W itself, so nothing is saved.',
  'lab.square':
    'Counted for query and output matrices of {hidden} × {hidden}. A new run counts any choice of matrices exactly.',
} satisfies Record<string, Message>;
