import DOMPurify from 'dompurify';
import { Marked } from 'marked';

// A model may write anything: what is shown holds text and structure only. No link, image, style or script survives.

const tags =
  'p br hr strong em del code pre ul ol li blockquote h1 h2 h3 h4 h5 h6 table thead tbody tr th td sub sup'.split(' ');

const markdown = new Marked({
  gfm: true,
  breaks: true,
  renderer: {
    /** Markup in an answer is shown as the text that it is. */
    html: ({ text }) => escaped(text),
    /** The words of a link, without the link. */
    link({ tokens }) {
      return this.parser.parseInline(tokens);
    },
    image: ({ text }) => escaped(text),
  },
});

/** An answer in Markdown as HTML that is safe to put into the page. Needs a DOM. */
export function answerHtml(text: string): string {
  const html = rendered(text);
  return DOMPurify.sanitize(html, {
    ALLOWED_TAGS: tags,
    ALLOWED_ATTR: [],
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
  });
}

/**
 * Text that is not worth reading as Markdown is shown as it is, and so is text on which marked 18 runs out of stack: some
 * thousand nested marks, which a model that repeats itself does write.
 */
function rendered(text: string): string {
  try {
    return text.length > longest || tediousness(text) > mostTedious
      ? plain(text)
      : markdown.parse(text, { async: false });
  } catch {
    return plain(text);
  }
}

/**
 * Steps that reading a text takes: marked 18 looks for the end of each mark through the whole paragraph, so that 4,000 times `*a_`
 * hold a page up for half a minute. A text as people write it takes some ten thousand, a long list a million.
 */
function tediousness(text: string): number {
  const outsideCode = text.replace(/^(```|~~~).*\n[\s\S]*?^\1/gm, '');
  const blocks = outsideCode.split(/\n(?=[ \t]*(?:[-*+#>|\n]|\d+[.)]))/);
  return blocks.reduce((sum, block) => sum + block.length * (1 + (block.match(/[*_~`[\]<&\\!]/g)?.length ?? 0)), 0);
}

const mostTedious = 2_000_000;
/** In characters; some ten times what an answer may have. */
const longest = 200_000;

function plain(text: string): string {
  return `<p>${escaped(text).replaceAll('\n', '<br>')}</p>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
