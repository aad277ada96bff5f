import type { Message } from '../message.ts';

/** The data folder in the settings: back up, restore, open another, move. */
export const dataFolder = {
  'folder.backUp': 'Back up',
  'folder.backUp.what':
    'Copies everything into a new folder, with a hash of each file. You can keep working in the meantime.',
  'folder.restore': 'Restore',
  'folder.restore.what':
    'Makes a new data folder from a backup, checks every file against its hash, and opens it. The current folder stays as it is.',
  'folder.open': 'Open another',
  'folder.open.what': 'The studio restarts with the folder you choose. The current folder stays as it is.',
  'folder.move': 'Move',
  'folder.move.what': 'Moves everything to the new place and restarts the studio there.',
  'folder.move.copied':
    'That is another disk: everything is copied and checked, and the old folder stays until you delete it.',
  'folder.place': 'Where',
  'folder.place.free': '{bytes} free',
  'folder.place.choose': 'Choose another place',
  'folder.name': 'Folder name',
  'folder.name.wrong': 'Use only letters, digits, spaces and . _ - and start with a letter or digit',
  'folder.name.usual': 'Adapter Studio data',
  'folder.which': 'Which one',
  'folder.isOpen': 'open now',
  'folder.new': 'A new, empty folder',
  'folder.noBackup': 'No backup found',
  'folder.noBackup.what': 'The studio looked next to its data folder and in the usual places for your files.',
  'folder.backup.facts': { one: '{n} file, {size}', other: '{n} files, {size}' },
  'folder.progress': '{done} of {total} {total:file|files}',
  'folder.done': { one: '{n} file ({size}) is now in', other: '{n} files ({size}) are now in' },
  'folder.opening': 'Opening the other folder',
  'folder.commands': 'On the command line',
} satisfies Record<string, Message>;
