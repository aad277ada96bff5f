import type { LabLanguage, LabTable, LabView } from '../../../src-contract/lab.ts';
import type { Say } from '../words/say.ts';
import { escaped, heatColour, heatStep, standalone } from './drawing.ts';

/** The whole lab of one model on one self-contained page: words, tables and pictures, on white, ready to print. */
export function reportOf(
  views: readonly LabView[],
  { model, language, say }: { model: string; language: LabLanguage; say: Say },
): string {
  const title = say('report.title', { model });
  return `<!doctype html>
<html lang="${language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title>
<style>${style}</style>
<h1>${escaped(title)}</h1>
<p class="what">${escaped(say('report.what'))}</p>
${views.length === 0 ? `<p>${escaped(say('report.none'))}</p>` : views.map((view) => sectionOf(view, say)).join('\n')}
</html>
`;
}

function sectionOf(view: LabView, say: Say): string {
  return `<section>
<h2><small>${escaped(view.place)}</small> ${escaped(view.question)}</h2>
<p class="reading">${escaped(view.reading)}</p>
<p>${escaped(view.because)}</p>
<div class="pictures">${view.pictures.map(({ svg, title }) => `<figure><figcaption>${escaped(title)}</figcaption>${standalone(svg)}</figure>`).join('\n')}</div>
<div class="tables">${view.tables
    .filter(({ rows }) => rows.length <= 40)
    .map((table) => tableOf(table, say))
    .join('\n')}</div>
${view.explanation.map((words) => `<p class="explain">${escaped(words)}</p>`).join('\n')}
<p class="caption">${escaped(view.caption)}</p>
</section>`;
}

function tableOf({ title, note, whose, columns, rows }: LabTable, say: Say): string {
  const head = columns.map((name) => `<th scope="col">${escaped(name)}</th>`).join('');
  const body = rows
    .map(
      (row) =>
        `<tr>${row
          .map(({ text, spread, heat }) => {
            const step = heat === undefined ? undefined : heatStep(heat);
            const ground = step === undefined ? '' : ` style="background:${standalone(heatColour(step))}"`;
            return `<td${ground}>${escaped(text)}${spread ? `<br><small>${escaped(spread)}</small>` : ''}</td>`;
          })
          .join('')}</tr>`,
    )
    .join('');
  return `<table class="${whose}"><caption><b>${escaped(say(`report.${whose}`))}</b> ${escaped(title)} <small>${escaped(note)}</small></caption><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`;
}

const style = `
body{font:14px/1.5 Pretendard,system-ui,sans-serif;color:#161921;max-width:1000px;margin:40px auto;padding:0 24px}
h1{font-size:28px;line-height:36px}h2{font-size:20px;margin-top:48px;border-top:1px solid #e1e3e6;padding-top:24px}
h2 small{font-weight:400;color:#666a73}.reading{font-size:16px;font-weight:600}.explain,.caption,.what{color:#494d56}
.caption{font-size:12px}.pictures{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,26rem),1fr));gap:0 24px}figure{margin:16px 0;min-width:0}figcaption{font-weight:600}svg{max-width:100%;height:auto}
.tables{display:flex;flex-wrap:wrap;align-items:start;gap:24px;overflow-x:auto}table{border-collapse:collapse}caption{text-align:left;margin-bottom:4px}
caption b{border-radius:4px;padding:1px 6px;background:#e8e9ec;font-weight:500}.ours caption b{background:#e9effc;color:#1f4fcc}
td,th{padding:4px 10px;text-align:right;font-variant-numeric:tabular-nums;border-bottom:1px solid #e1e3e6}
td:first-child,th:first-child{text-align:left}th{font-weight:500;color:#494d56}small{color:inherit;opacity:.8;font-weight:400}`.trim();
