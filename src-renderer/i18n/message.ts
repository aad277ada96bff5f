/** A text of the screen; `{name}` is filled in. Where a count changes the words, both forms are given and `{n}` decides. */
export type Message = string | { readonly one: string; readonly other: string };

/** The Korean side of a part of the dictionary: the same keys, so that a missing one does not compile. */
export type Translation<Part> = { readonly [Key in keyof Part]: Message };
