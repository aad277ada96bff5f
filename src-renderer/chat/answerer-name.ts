import type { Message } from '../../src-contract/chat.ts';

/** Who gave an answer: the adapter and those added to it; null is the base. */
export function answererName({ adapterName, mix }: Pick<Message, 'adapterName' | 'mix'>): string | null {
  return adapterName === null ? null : mixName(adapterName, mix);
}

/** An adapter and those added to it. */
export function mixName(adapterName: string, mix: readonly { readonly name: string }[]): string {
  return [adapterName, ...mix.map(({ name }) => name)].join(' + ');
}
