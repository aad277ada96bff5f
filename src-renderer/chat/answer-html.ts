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

/** marked 18 runs out of stack on some thousand nested marks, which a model that repeats itself does write: then it is plain text. */
function rendered(text: string): string {
  try {
    return markdown.parse(text, { async: false });
  } catch {
    return `<p>${escaped(text)}</p>`;
  }
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
