import type { Message } from '../message.ts';

/** The data folder in the settings: back up, restore, open another, move. */
export const dataFolder = {
  'folder.backUp': 'Back up',
  'folder.backUp.what':
    'Copies everything into a new folder, with a hash of each file. You can go on working meanwhile.',
  'folder.restore': 'Restore',
  'folder.restore.what':
    'Makes a new data folder out of a backup, every file held against its hash, and opens it. This one stays as it is.',
  'folder.open': 'Open another',
  'folder.open.what': 'The studio closes and opens again on the folder you choose. This one stays as it is.',
  'folder.move': 'Move',
  'folder.move.what': 'Everything goes to the new place, and the studio opens again there.',
  'folder.move.copied':
    'It is another disk: everything is copied and checked, and the old folder stays until you remove it.',
  'folder.place': 'Where',
  'folder.place.free': '{bytes} free',
  'folder.place.choose': 'Choose another place',
  'folder.name': 'Name of the folder',
  'folder.name.wrong': 'Letters, digits, spaces and . _ - only; it begins with a letter or digit',
  'folder.name.usual': 'Adapter Studio data',
  'folder.which': 'Which one',
  'folder.isOpen': 'open now',
  'folder.new': 'A new, empty one',
  'folder.noBackup': 'No backup was found',
  'folder.noBackup.what': 'The studio looked beside its data folder and in the places where you keep files.',
  'folder.backup.facts': { one: '{n} file, {size}', other: '{n} files, {size}' },
  'folder.progress': '{done} of {total} files',
  'folder.done': { one: '{n} file, {size}, is in', other: '{n} files, {size}, are in' },
  'folder.opening': 'Opening the other folder',
  'folder.commands': 'On the command line',
} satisfies Record<string, Message>;
