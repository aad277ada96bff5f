import { withoutMiddle } from '../../src-contract/shortened.ts';

// Pictures of a report as SVG text: a point and its interval for each model, on a common scale.

export interface Interval {
  readonly name: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** The value as written at the end of the line. */
  readonly shown: string;
  /** Drawn in the accent colour. */
  readonly strong: boolean;
}

const [width, rowHeight, labelWidth, foot] = [720, 30, 220, 26];

/** Values and intervals as shares of 1, drawn in percent; zero is always on the scale. */
export function intervalPicture(title: string, intervals: readonly Interval[]): string {
  const low = Math.min(0, ...intervals.map((each) => each.low));
  const high = Math.max(0.01, ...intervals.map((each) => each.high));
  const step = tickStep(high - low);
  const [first, last] = [Math.floor(low / step) * step, Math.ceil(high / step) * step];
  const x = (value: number) => labelWidth + ((value - first) / (last - first)) * (width - labelWidth - 60);
  const height = intervals.length * rowHeight + foot;
  const ticks = Array.from({ length: Math.round((last - first) / step) + 1 }, (_, i) => first + i * step);
  const grid = ticks.map((tick) => {
    const at = x(tick).toFixed(1);
    const label = `<text x="${at}" y="${height - 6}" text-anchor="middle" class="faint">${percent(tick, step)}</text>`;
    const kind = Math.abs(tick) < 1e-9 ? 'axis' : 'grid';
    return `<line x1="${at}" x2="${at}" y1="0" y2="${height - foot}" class="${kind}"/>${label}`;
  });
  const rows = intervals.map((each, i) => {
    const y = i * rowHeight + rowHeight / 2;
    const kind = each.strong ? 'strong' : 'plain';
    return [
      `<text x="0" y="${y + 4}" class="${kind}">${escapeHtml(shortened(each.name))}</text>`,
      `<line x1="${x(each.low).toFixed(1)}" x2="${x(each.high).toFixed(1)}" y1="${y}" y2="${y}" class="reach ${kind}"/>`,
      `<circle cx="${x(each.value).toFixed(1)}" cy="${y}" r="5" class="point ${kind}"/>`,
      `<text x="${width}" y="${y + 4}" text-anchor="end" class="${kind}">${escapeHtml(each.shown)}</text>`,
    ].join('');
  });
  return `<figure><figcaption>${escapeHtml(title)}</figcaption><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(title)}">${grid.join('')}${rows.join('')}</svg></figure>`;
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

function tickStep(span: number): number {
  const steps = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1];
  return steps.find((step) => span / step <= 8) ?? 2;
}

function percent(share: number, step: number): string {
  return `${(share * 100).toFixed(step < 0.01 ? 1 : 0).replace('-', '−')} %`;
}

/** Shortened in the middle: adapters of one dataset differ at the ends of their names. */
function shortened(name: string): string {
  return name.length <= 30 ? name : withoutMiddle(name, 16, '…', 13);
}
