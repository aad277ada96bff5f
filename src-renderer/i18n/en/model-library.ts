import type { Message } from '../message.ts';

/** The model folder: where other programs keep models. */
export const modelLibrary = {
  'library.title': 'Model folder',
  'library.what': 'Where other programs keep their models. What lies there is offered under base models.',
  'library.from.usual': 'The cache of Hugging Face’s programs.',
  'library.from.environment': 'Named by ADAPTER_STUDIO_MODELS at the start.',
  'library.from.chosen': 'Chosen by you; downloads are kept there for other programs too.',
  'library.count': { one: '{n} model is there', other: '{n} models are there' },
  'library.none': 'No model lies there.',
  'library.notThere': 'There is no such folder yet.',
  'library.takeUsual': 'Use the Hugging Face cache',
  'library.command': 'Another folder',
  'library.environment': 'For one start',
  'library.found': 'On this computer',
  'library.found.sentence': 'Models that other programs keep in',
  'library.change': 'Change',
  'library.all': { one: 'The one model there is on the shelf', other: 'All {n} models there are on the shelf' },
  'library.kind.folder': 'folder',
  'library.kind.gguf': 'GGUF file',
  'library.add': 'Add',
  'library.add.name': 'Add {name}',
  'library.adding': 'Checking it',
} satisfies Record<string, Message>;
