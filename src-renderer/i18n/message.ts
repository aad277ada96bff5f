/** An on-screen text; `{name}` is filled in. If a count changes the wording, both forms are given and `{n}` decides. */
export type Message = string | { readonly one: string; readonly other: string };

/** The Korean counterpart of a part of the dictionary: the same keys, so that a missing one does not compile. */
export type Translation<Part> = { readonly [Key in keyof Part]: Message };
