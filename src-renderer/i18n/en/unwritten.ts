import type { Message } from '../message.ts';

/** Rows that lack only their target, such as documents without a summary. */
export const unwritten = {
  'unwritten.tab': 'To be written',
  'unwritten.sentence': {
    one: '{n} row of the file is still without “{field}”.',
    other: '{n} rows of the file are still without “{field}”.',
  },
  'unwritten.what':
    'Write them here, or have a model draft them. A draft is what a model writes, not what is right: read it, correct it, and keep it. Only what you keep becomes a row; the rest stays in this window, and drafting goes on while this dataset is open.',
  'unwritten.draft': 'Drafts by a model',
  'unwritten.model': 'Model',
  'unwritten.on': 'adapter on {base}',
  'unwritten.base': 'base model',
  'unwritten.base.what':
    'A base model follows an instruction only if it was made for that; others merely continue the text. Draft one row first and see.',
  'unwritten.instruction': 'What it is told before the text',
  'unwritten.instruction.none': 'Nothing',
  'unwritten.instruction.summary': 'Summarise the following text in one or two sentences.',
  'unwritten.draftAll': { one: 'Draft {n} row', other: 'Draft {n} rows' },
  'unwritten.draftThis': 'Draft this one',
  'unwritten.draftAgain': 'Draft it again',
  'unwritten.drafting': 'Drafting {done} of {total}',
  'unwritten.drafting.wait': 'A draft is being written',
  'unwritten.stop': 'Stop',
  'unwritten.placeholder': 'Write it here',
  'unwritten.by': 'Draft by “{name}”: not checked yet',
  'unwritten.laidOut': 'The same, with a field per line',
  'unwritten.byEdited': 'Draft by “{name}”, edited by you',
  'unwritten.keep': 'Keep and go on',
  'unwritten.kept': 'Added as a row.',
  'unwritten.how': 'Ctrl+Enter keeps it. The versions of the dataset say which rows a model drafted.',
  'unwritten.none': 'Nothing is left to be written',
  'unwritten.none.what': 'Every row of the file that only lacked its target has one.',
  'unwritten.none.deal': 'No rows are kept back to evaluate a training yet. Deal the splits anew.',
} satisfies Record<string, Message>;
