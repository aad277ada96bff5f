/** What commander says of a wrong call, in sentences like the rest. Source: commander 14, the messages in command.js. */
export function usageWords(message: string): string {
  const [error = '', guess] = message.replace(/^error: /, '').split(/\n(?=\(Did you mean [^\n]*\)$)/);
  const known = sentences.find(([pattern]) => pattern.test(error));
  const words = known === undefined ? error : error.replace(...known);
  return guess === undefined ? words : `${words} ${guess.slice(1, -1)}`;
}

/** A value may have line breaks and quotes of its own. */
const sentences: readonly (readonly [RegExp, string])[] = [
  [/^missing required argument '([^']+)'$/, 'The argument <$1> is missing.'],
  [/^required option '([^']+)' not specified$/, 'The option $1 is missing.'],
  [/^option '([^']+)' argument missing$/, 'The option $1 needs a value.'],
  [
    /^option '([^']+)' argument '(.*)' is invalid\. Allowed choices are (.*)$/s,
    'The option $1 cannot be “$2”. Choose one of: $3',
  ],
  [/^option '([^']+)' argument '(.*)' is invalid\. /s, 'The option $1 cannot be “$2”. '],
  [/^command-argument value '(.*)' is invalid for argument '([^']+)'\. /s, 'The argument <$2> cannot be “$1”. '],
  [/^unknown option '(.*)'$/s, 'There is no option “$1”.'],
  [/^unknown command '(.*)'$/s, 'There is no command “$1”.'],
  [/^too many arguments for '([^']+)'\. /, 'Too many arguments for $1. '],
];
