import { Help } from 'commander';

/**
 * Layout of the help: if a terminal is too narrow for two columns, descriptions that commander would not wrap go below
 * their term.
 */
export const narrowHelp: Partial<Help> = {
  showGlobalOptions: true,
  minWidthToWrap: 30,
  formatItem(this: Help, term, termWidth, description, helper) {
    const width = this.helpWidth ?? 80;
    const isWide = width - termWidth - 2 * indent.length >= this.minWidthToWrap;
    if (isWide || description === '') return Help.prototype.formatItem.call(this, term, termWidth, description, helper);
    return [
      term,
      ...helper
        .boxWrap(description, width - 2 * indent.length)
        .split('\n')
        .map((line) => `${indent}${line}`),
    ]
      .map((line) => `${indent}${line}`)
      .join('\n');
  },
};

const indent = '  ';
