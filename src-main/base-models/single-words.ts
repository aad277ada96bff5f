import type { Tokenizer } from '@huggingface/tokenizers';
import { wordCharacters } from './unicode-cuts.ts';

/** What the library does not declare of a tokenizer's parts. */
interface Parts {
  readonly added_tokens_map: ReadonlyMap<string, { readonly single_word: boolean }>;
  readonly splitter_unnormalized: Splitter;
  readonly splitter_normalized: Splitter;
}

interface Splitter {
  /** Cuts a text at added tokens; these are parts themselves. */
  split(text: string): string[];
}

/**
 * An added token that is a single word counts where no letters touch it: “cat” not in “cats”. @huggingface/tokenizers
 * 0.2.0 finds it there too. (And still does where added tokens are all that touches it.)
 */
export function keepSingleWords(tokenizer: Tokenizer): void {
  // Sound: they are there in every tokenizer of that version.
  const { added_tokens_map: added, ...splitters } = tokenizer as unknown as Parts;
  if (!added.values().some(({ single_word }) => single_word)) return;
  for (const splitter of [splitters.splitter_unnormalized, splitters.splitter_normalized]) {
    const split = splitter.split.bind(splitter);
    splitter.split = (text) => {
      const parts = split(text);
      const isToken = parts.map((part, place) => {
        const token = added.get(part);
        if (!token?.single_word) return token !== undefined;
        return !endsInWord.test(parts[place - 1] ?? '') && !beginsWithWord.test(parts[place + 1] ?? '');
      });
      const kept: string[] = [];
      for (const [place, part] of parts.entries()) {
        if (place > 0 && !isToken[place] && !isToken[place - 1]) kept.push(`${kept.pop()}${part}`);
        else kept.push(part);
      }
      return kept;
    };
  }
}

const endsInWord = new RegExp(`[${wordCharacters}]$`, 'u');
const beginsWithWord = new RegExp(`^[${wordCharacters}]`, 'u');
