import { attribute, type XmlToken } from './xml-tokens.ts';

/** A text in several languages, by the name of each as the file first writes it. */
export interface TranslationUnit {
  readonly texts: ReadonlyMap<string, string>;
  /** From 1. */
  readonly number: number;
  /** It does not end as it should, or the file is cut off in it. */
  readonly isDamaged: boolean;
}

/**
 * Reads the units of a translation memory: of TMX 1.4, of XLIFF 1.2, and of XLIFF 2, whose segments are units. Tags of
 * the layout within a text, and the proposals of other memories for it, are left out.
 */
export class TranslationUnits {
  /** Names by how languages are compared: `en-US` is `EN_us`. */
  readonly #languages = new Map<string, string>();
  readonly #used = new Set<string>();
  #done: TranslationUnit[] = [];
  #number = 0;
  #open: { readonly texts: Map<string, string>; readonly state: string; isDamaged: boolean } | undefined;
  /** Of a file in XLIFF, or of the variant in TMX. */
  #source = 'source';
  #target = 'target';
  #variant = '';
  #text:
    | { readonly language: string; readonly element: string; letters: string; readonly isUntouched: boolean }
    | undefined;
  /** How many elements are open whose text is not the unit's. */
  #aside = 0;

  read(token: XmlToken): void {
    if (token.kind === 'text') {
      if (this.#text !== undefined && this.#aside === 0) this.#text.letters += token.text;
    } else if (token.kind === 'open') {
      this.#begin(token.name, token.attributes);
      if (token.isEmpty) this.#end(token.name);
    } else this.#end(token.name);
  }

  /** The units that have ended since. */
  take(): TranslationUnit[] {
    const done = this.#done;
    this.#done = [];
    return done;
  }

  /** What is left where the file ends within a unit. */
  end(): TranslationUnit[] {
    if (this.#open) this.#endUnit({ isDamaged: true });
    return this.take();
  }

  /** Those of the texts so far; what the file calls its source comes first. */
  get languages(): string[] {
    return [...this.#languages.values()].filter((language) => this.#used.has(language));
  }

  #begin(name: string, attributes: string): void {
    if (asides.has(name)) this.#aside++;
    else if (this.#aside > 0) return;
    else if (units.has(name)) {
      if (this.#open) this.#endUnit({ isDamaged: true });
      this.#open = { texts: new Map(), state: attribute(attributes, 'state') ?? '', isDamaged: false };
    } else if (name === 'header') this.#named(attribute(attributes, 'srclang'));
    else if (name === 'file' || name === 'xliff') {
      this.#source =
        this.#named(attribute(attributes, 'source-language') ?? attribute(attributes, 'srcLang')) ?? this.#source;
      this.#target =
        this.#named(attribute(attributes, 'target-language') ?? attribute(attributes, 'trgLang')) ?? this.#target;
      // A revision of a text is in its own language.
      if (this.#target === this.#source) this.#target = 'target';
    } else if (name === 'tuv') this.#variant = this.#named(attribute(attributes, 'lang')) ?? '';
    else if (this.#open && texts.has(name)) {
      if (this.#text) this.#endText({ isDamaged: true });
      const language = name === 'seg' ? this.#variant : name === 'source' ? this.#source : this.#target;
      const state = attribute(attributes, 'state') ?? this.#open.state;
      this.#text = {
        language,
        element: name,
        letters: '',
        isUntouched: /^(?:new|initial|needs-translation)$/.test(state),
      };
    }
  }

  #end(name: string): void {
    if (asides.has(name)) this.#aside = Math.max(0, this.#aside - 1);
    else if (this.#aside > 0 && !units.has(name)) return;
    else if (this.#text?.element === name) this.#endText({ isDamaged: false });
    else if (this.#open && units.has(name)) this.#endUnit({ isDamaged: false });
  }

  #endText({ isDamaged }: { isDamaged: boolean }): void {
    const [open, text] = [this.#open, this.#text];
    this.#text = undefined;
    const language = this.#named(text?.language);
    if (!open || !text || language === undefined) return;
    if (isDamaged) open.isDamaged = true;
    const letters = text.letters.trim();
    // Many programs write the source where a translation will be.
    const isCopy = text.isUntouched && [...open.texts.values()].includes(letters);
    if (!open.texts.has(language)) open.texts.set(language, isCopy ? '' : letters);
    this.#used.add(language);
  }

  #endUnit({ isDamaged }: { isDamaged: boolean }): void {
    if (this.#text) this.#endText({ isDamaged: true });
    if (!this.#open) return;
    const { texts, isDamaged: wasDamaged } = this.#open;
    this.#done.push({ texts, number: ++this.#number, isDamaged: isDamaged || wasDamaged });
    [this.#open, this.#aside] = [undefined, 0];
  }

  /** The name of a language as it was first written; undefined for none or `*all*`. */
  #named(language: string | undefined): string | undefined {
    if (language === undefined || !/^[A-Za-z]/.test(language)) return undefined;
    const key = language.toLowerCase().replaceAll('_', '-');
    const known = this.#languages.get(key) ?? language;
    this.#languages.set(key, known);
    return known;
  }
}

const units = new Set(['tu', 'trans-unit', 'segment']);
const texts = new Set(['seg', 'source', 'target']);
/** Codes of the layout (TMX 1.4 §4, XLIFF 1.2 §2.3), and in XLIFF, texts of other units and for programs. */
const asides = new Set(['bpt', 'ept', 'ph', 'it', 'ut', 'sub', 'alt-trans', 'matches', 'seg-source', 'note', 'notes']);
