import type { Message } from '../message.ts';

/** The model folder: where other programs keep models. */
export const modelLibrary = {
  'library.title': 'Model folder',
  'library.what': 'Where other programs keep their models. The models in it are offered on the Base models page.',
  'library.from.usual': 'The Hugging Face cache.',
  'library.from.environment': 'Set by the environment variable ADAPTER_STUDIO_MODELS.',
  'library.from.chosen': 'Chosen by you. Downloads are kept there too, so that other programs can use them.',
  'library.count': { one: '{n} model found', other: '{n} models found' },
  'library.none': 'No models found.',
  'library.notThere': 'This folder does not exist yet.',
  'library.takeUsual': 'Use the Hugging Face cache',
  'library.command': 'Another folder',
  'library.environment': 'For one session',
  'library.found': 'On this computer',
  'library.found.sentence': 'Models that other programs keep in',
  'library.change': 'Change',
  'library.all': { one: 'The one model in it has been added', other: 'All {n} models in it have been added' },
  'library.kind.folder': 'folder',
  'library.kind.gguf': 'GGUF file',
  'library.add': 'Add',
  'library.add.name': 'Add {name}',
  'library.adding': 'Checking',
} satisfies Record<string, Message>;
