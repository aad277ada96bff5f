import type { Browser, Page } from 'playwright-core';
import { build, type Rollup } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../browser/launch-browser.ts';

// What a model writes is put into the page as Markdown made safe. Here it is made in a real browser, on a page without any
// policy that would save it, and what came of it is looked at node by node.

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
];

test.each(hostile)('%j leaves text and nothing that acts', async (text) => {
  const made = await render(text);
  expect(made.attributes).toEqual([]);
  expect(made.tags.filter((tag) => !allowed.has(tag))).toEqual([]);
  expect(made.hit).toBe(false);
  expect(asked).toEqual([]);
});

test('Markdown, code and tables come out as they are meant', async () => {
  const { tags, text } = await render(
    ['# Title', '**bold** `code`', '| a | b |\n|---|---|\n| 1 | 2 |', '```sql\nSELECT 1 < 2\n```', '1. x'].join('\n\n'),
  );
  for (const tag of ['h1', 'strong', 'code', 'table', 'th', 'td', 'pre', 'ol', 'li']) expect(tags).toContain(tag);
  expect(text).toContain('SELECT 1 < 2');
});

test('markup in an answer is shown as the text that it is', async () => {
  expect((await render('a <b onclick="x">bold</b> word')).text.trim()).toBe('a <b onclick="x">bold</b> word');
});

test('texts made to keep the reader busy are read all the same', async () => {
  for (const text of [
    '>'.repeat(2_000),
    '['.repeat(5_000),
    '*a_'.repeat(3_000),
    '- '.repeat(1_000),
    '`'.repeat(9_999),
  ]) {
    expect((await render(text)).hit).toBe(false);
  }
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
