import DOMPurify from 'dompurify';
import { Marked } from 'marked';

// A model may write anything: the HTML shown holds text and structure only. No link, image, style or script survives.

const tags =
  'p br hr strong em del code pre ul ol li blockquote h1 h2 h3 h4 h5 h6 table thead tbody tr th td sub sup'.split(' ');

const markdown = new Marked({
  gfm: true,
  breaks: true,
  renderer: {
    /** HTML in an answer is shown as literal text. */
    html: ({ text }) => escaped(text),
    /** A link's text, without the link. */
    link({ tokens }) {
      return this.parser.parseInline(tokens);
    },
    image: ({ text }) => escaped(text),
  },
});

/** Renders a Markdown answer as HTML that is safe to insert into the page. Needs a DOM. */
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
 * Text too costly to parse as Markdown is shown as it is, as is text on which marked 18 overflows the stack: some
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
 * Estimated parsing steps: marked 18 looks for the end of each mark through the whole paragraph, so 4,000 repeats of
 * `*a_` block the page for half a minute. Ordinary text takes some ten thousand steps, a long list a million.
 */
function tediousness(text: string): number {
  const outsideCode = text.replace(/^(```|~~~).*\n[\s\S]*?^\1/gm, '');
  const blocks = outsideCode.split(/\n(?=[ \t]*(?:[-*+#>|\n]|\d+[.)]))/);
  return blocks.reduce((sum, block) => sum + block.length * (1 + (block.match(/[*_~`[\]<&\\!]/g)?.length ?? 0)), 0);
}

const mostTedious = 2_000_000;
/** In characters; about ten times the longest possible answer. */
const longest = 200_000;

function plain(text: string): string {
  return `<p>${escaped(text).replaceAll('\n', '<br>')}</p>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
