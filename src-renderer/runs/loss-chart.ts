import uPlot from 'uplot';
import { chartFont, readColour } from '../ui/colour.ts';
import { runsThrough } from './runs-through.ts';

export interface LossChartData {
  readonly columns: uPlot.AlignedData;
  readonly totalSteps: number;
  /** The last step of any curve. */
  readonly lastStep: number;
  /** The last step measured; later ones are shaded while `running`. */
  readonly step: number;
  readonly running: boolean;
  readonly baseLoss: number | undefined;
  readonly trainLoss: number | undefined;
  readonly validationLoss: number | undefined;
  /** The measurement with the lowest loss, if later ones were higher: its weights are kept, not the last ones. */
  readonly best: { readonly step: number; readonly loss: number } | undefined;
  /** Overlaid runs; each has two columns after this run's: mean training loss, validation loss. */
  readonly overlays: readonly string[];
  readonly logarithmic: boolean;
}

/** Text drawn on the chart, already translated and with figures filled in. */
export interface LossChartWords {
  readonly base: string;
  readonly train: string;
  readonly validation: string;
  readonly best: string;
  readonly loss: (value: number, decimals: number) => string;
  /** On the axis. */
  readonly step: (value: number) => string;
  /** At the start of the axis, naming what is counted. */
  readonly firstStep: (value: number) => string;
}

/** A canvas cannot read tokens: colours are resolved when the chart is created, which happens again for each theme. */
interface Colours {
  readonly ink2: string;
  readonly ink3: string;
  readonly grid: string;
  readonly axis: string;
  readonly sunken: string;
  readonly line: string;
  readonly base: string;
  readonly train: string;
  readonly validation: string;
  readonly sheet: string;
}

const labelFont = chartFont.replace('12px', '500 12px');
const pointSize = 7;
/** After steps, losses and their mean come the validation losses. */
const validationColumn = 3;

/**
 * A run's loss over its steps: training in grey (each step thin, their mean thick), validation in the accent with its
 * points, the base model's validation loss as a dashed line. `latest` is called on each draw. Dragging zooms to a range
 * of steps, a double click back to all.
 */
export function createLossChart(
  target: HTMLElement,
  size: { width: number; height: number },
  { latest, zoomed }: LossChartParts,
): LossChart {
  const colours = readColours();
  const { data } = latest();
  let zoom: readonly [number, number] | undefined;
  const faint = (colour: string): string => `color-mix(in oklab, ${colour} 45%, transparent)`;
  /** If a run continues from an adapter, its base lies above all curves; zoomed in, it would flatten them. */
  const top = (high: number): number => (zoom ? high : Math.max(high, latest().data.baseLoss ?? 0));
  const plot = new uPlot(
    {
      ...size,
      padding: [12, 16, 0, 0],
      legend: { show: false },
      cursor: { drag: { x: true, y: false, setScale: false }, points: { show: false }, y: false, x: true },
      scales: {
        x: { time: false, range: () => (zoom ? [zoom[0], zoom[1]] : [0, Math.max(1, latest().data.totalSteps)]) },
        y: data.logarithmic
          ? { distr: 3, range: (_plot, low, high) => [Math.max(1e-4, (low || 0.1) * 0.8), (top(high) || 1) * 1.2] }
          : { range: (_plot, _low, high) => [0, (Number.isFinite(high) ? top(high) : 1) * 1.06] },
      },
      axes: [
        {
          font: chartFont,
          stroke: colours.ink3,
          grid: { show: false },
          ticks: { show: false },
          border: { show: true, stroke: colours.axis, width: 1 },
          gap: 6,
          size: 28,
          incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000],
          values: (_plot, steps) => {
            const { step, firstStep } = latest().words;
            return steps.map((each, place) => (place === 0 ? firstStep(each) : step(each)));
          },
        },
        {
          font: chartFont,
          stroke: colours.ink3,
          grid: { stroke: colours.grid, width: 1 },
          ticks: { show: false },
          gap: 8,
          size: 44,
          values: (_plot, losses) => tickLabels(losses, latest().words.loss, { even: !latest().data.logarithmic }),
        },
      ],
      series: [
        {},
        { stroke: faint(colours.train), width: 1, points: { show: false }, spanGaps: true },
        { stroke: colours.train, width: 2, points: { show: false }, spanGaps: true },
        {
          stroke: colours.validation,
          width: 2,
          spanGaps: true,
          points: { show: true, size: pointSize, width: 2, fill: colours.sheet, stroke: colours.validation },
        },
        ...data.overlays.flatMap((_, place): uPlot.Series[] => [
          { stroke: faint(overlayColour(place)), width: 1.5, points: { show: false }, spanGaps: true },
          { stroke: overlayColour(place), width: 1.5, dash: [6, 3], points: { show: false }, spanGaps: true },
        ]),
      ],
      hooks: {
        drawClear: [(plot) => drawGround(plot, latest().data, colours)],
        setSelect: [
          (plot) => {
            if (plot.select.width < 8) return;
            zoom = [plot.posToVal(plot.select.left, 'x'), plot.posToVal(plot.select.left + plot.select.width, 'x')];
            plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            redraw(zoom);
          },
        ],
        draw: [(plot) => drawLabels(plot, latest(), colours)],
      },
    },
    data.columns,
    target,
  );
  const redraw = (range: readonly [number, number] | undefined) => {
    zoom = range;
    zoomed(range !== undefined);
    plot.setData(latest().data.columns);
  };
  plot.over.addEventListener('dblclick', () => redraw(undefined));
  return { plot, zoomTo: redraw };
}

/**
 * Tick labels of the y axis: on a linear axis all with as many decimals as the finest needs. On a logarithmic one most
 * ticks have no label: the chart passes null for these.
 */
export function tickLabels(
  ticks: readonly (number | null)[],
  write: (loss: number, decimals: number) => string,
  { even }: { readonly even: boolean },
): string[] {
  const most = Math.max(1, ...ticks.map((tick) => decimalsOf(tick ?? 0)));
  // The lowest tick of a logarithmic axis is the end of the range, not a round number.
  const own = (tick: number) => Math.max(decimalsOf(Number(tick.toPrecision(2))), tick >= 1 || tick === 0 ? 1 : 0);
  return ticks.map((tick) => (tick === null ? '' : write(tick, even ? most : own(tick))));
}

/** Decimals that a tick needs, at most eight: ticks are round numbers up to floating-point error. */
function decimalsOf(tick: number): number {
  for (let decimals = 0; decimals < 8; decimals++) {
    if (Math.abs(tick - Number(tick.toFixed(decimals))) < 1e-9) return decimals;
  }
  return 8;
}

export interface LossChartParts {
  readonly latest: () => { data: LossChartData; words: LossChartWords };
  /** Called when the chart zooms in, and when all steps are shown again. */
  readonly zoomed: (isZoomed: boolean) => void;
}

export interface LossChart {
  readonly plot: uPlot;
  /** Shows these steps, or all of them. */
  zoomTo(range: readonly [number, number] | undefined): void;
}

/** The colour of an overlaid run, in the order chosen; matches its name beside the chart. */
function overlayColour(place: number): string {
  return readColour(overlayTokens[place % overlayTokens.length] ?? '--base');
}

export const overlayTokens = ['--sum', '--mrc', '--sql', '--ink-3'] as const;

/** The steps to come, and the base model's dashed line, below the curves. */
function drawGround(plot: uPlot, data: LossChartData, colours: Colours): void {
  const { ctx, bbox } = plot;
  ctx.save();
  const now = plot.valToPos(data.step, 'x', true);
  const right = bbox.left + bbox.width;
  if (data.running && now < right) {
    ctx.fillStyle = colours.sunken;
    ctx.fillRect(now, bbox.top, right - now, bbox.height);
    line(ctx, colours.line, [now, bbox.top], [now, bbox.top + bbox.height]);
  }
  if (data.baseLoss !== undefined) {
    const height = plot.valToPos(data.baseLoss, 'y', true);
    ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
    line(ctx, colours.base, [bbox.left, height], [right, height]);
  }
  ctx.restore();
}

/** Labels at the curves themselves instead of a legend. */
function drawLabels(
  plot: uPlot,
  { data, words }: { data: LossChartData; words: LossChartWords },
  colours: Colours,
): void {
  const { ctx, bbox } = plot;
  const scale = devicePixelRatio;
  ctx.save();
  ctx.font = labelFont.replace('12px', `${12 * scale}px`);
  ctx.textBaseline = 'alphabetic';
  const now = plot.valToPos(data.step, 'x', true);
  const left = bbox.left + bbox.width - now > 130 * scale;
  ctx.textAlign = left ? 'left' : 'right';
  const x = left ? now + 10 * scale : bbox.left + bbox.width - 4 * scale;
  const place = (loss: number): number => plot.valToPos(loss, 'y', true) + 4 * scale;
  let train = data.trainLoss === undefined ? undefined : place(data.trainLoss);
  let validation = data.validationLoss === undefined ? undefined : place(data.validationLoss);
  const base = data.baseLoss === undefined ? undefined : plot.valToPos(data.baseLoss, 'y', true);
  const foot = bbox.top + bbox.height - 6 * scale;
  if (!left) [train, validation] = besideCurves({ train, validation, base, foot }, scale);
  [train, validation] = curvePlaces(train, validation, base, scale);
  if (validation !== undefined)
    validation = Math.min(validation, foot - (train === undefined || train < validation ? 0 : 18 * scale));
  if (train !== undefined) train = Math.min(train, foot);
  const right = bbox.left + bbox.width - 4 * scale;
  const reach = right - ctx.measureText(words.base).width - 4 * scale;
  let baseWords: number | undefined;
  if (base !== undefined) {
    // What stands to the left of its words is not in their way.
    const isBeside = (word: string) => left && x + ctx.measureText(word).width < reach;
    const others = [isBeside(words.train) ? undefined : train, isBeside(words.validation) ? undefined : validation];
    ctx.textAlign = 'right';
    baseWords = freeOf(others, placesAt(base, scale), 14 * scale);
    write(words.base, colours.ink2, right, baseWords);
    ctx.textAlign = left ? 'left' : 'right';
  }
  if (validation !== undefined) write(words.validation, colours.validation, x, validation);
  if (train !== undefined) write(words.train, colours.ink2, x, train);
  if (data.best !== undefined) {
    const [at, height] = [plot.valToPos(data.best.step, 'x', true), plot.valToPos(data.best.loss, 'y', true)];
    // On a logarithmic scale a loss near zero lies below the chart.
    const isSeen = at >= bbox.left && at <= bbox.left + bbox.width && height <= bbox.top + bbox.height;
    if (isSeen) {
      ctx.beginPath();
      ctx.arc(at, height, ((pointSize + 1) / 2) * scale, 0, 2 * Math.PI);
      ctx.fillStyle = colours.validation;
      ctx.fill();
      ctx.textAlign = 'center';
      const half = ctx.measureText(words.best).width / 2 + 4 * scale;
      const middle = Math.min(Math.max(at, bbox.left + half), bbox.left + bbox.width - half);
      const isInTheWay = (word: string) => {
        const start = left ? x : x - ctx.measureText(word).width;
        return middle - half < start + ctx.measureText(word).width && start < middle + half;
      };
      const others = [
        isInTheWay(words.train) ? train : undefined,
        isInTheWay(words.validation) ? validation : undefined,
        middle + half > reach ? baseWords : undefined,
      ];
      const above = height - 12 * scale;
      const curve = pointsOf(plot, validationColumn);
      const places = [above, ...[22, -30, -46].map((away) => height + away * scale)].filter((place) => {
        const [top, bottom] = [place - 10 * scale, place + 3 * scale];
        return place <= foot && !runsThrough(curve, { left: middle - half, right: middle + half, top, bottom });
      });
      const [first = above, ...next] = places;
      write(words.best, colours.validation, middle, freeOf(others, [first, ...next], 14 * scale));
    }
  }
  ctx.restore();

  /** Outlined in the sheet's colour, so that curves behind a label do not strike it through. */
  function write(text: string, colour: string, x: number, y: number): void {
    ctx.lineJoin = 'round';
    ctx.lineWidth = 4 * scale;
    ctx.strokeStyle = colours.sheet;
    ctx.strokeText(text, x, y);
    ctx.fillStyle = colour;
    ctx.fillText(text, x, y);
  }
}

/** The measured points of a column, in canvas pixels. */
function pointsOf(plot: uPlot, column: number): [number, number][] {
  const steps = plot.data[0];
  return Array.from(plot.data[column] ?? []).flatMap((loss, place): [number, number][] => {
    const step = steps[place];
    return loss == null || step === undefined ? [] : [[plot.valToPos(step, 'x', true), plot.valToPos(loss, 'y', true)]];
  });
}

/**
 * Above the upper curve and below the lower one; both below where the base's line runs close above, and both above where
 * the chart ends close below (`foot`): between the curves, words would cover one of them.
 */
export function besideCurves(
  {
    train,
    validation,
    base,
    foot,
  }: Readonly<Record<'train' | 'validation' | 'base', number | undefined>> & { readonly foot: number },
  scale: number,
): [train: number | undefined, validation: number | undefined] {
  if (train === undefined || validation === undefined)
    return [train && train + 18 * scale, validation && validation - 16 * scale];
  const isTrainAbove = train < validation;
  const [upper, lower] = [Math.min(train, validation) - 16 * scale, Math.max(train, validation) + 18 * scale];
  const isFree = (place: number) => base === undefined || below(place, base, 12 * scale) === place;
  const places = (): [number, number] => {
    if (lower > foot && foot - upper < 30 * scale && isFree(upper - 18 * scale)) return [upper - 18 * scale, upper];
    return isFree(upper) ? [upper, lower] : [lower, lower + 18 * scale];
  };
  const [first, second] = places();
  return isTrainAbove ? [first, second] : [second, first];
}

/** Where the words of both curves stand: one below the other, in their order, and off the base's line. */
export function curvePlaces(
  train: number | undefined,
  validation: number | undefined,
  base: number | undefined,
  scale: number,
): [train: number | undefined, validation: number | undefined] {
  const gap = 18 * scale;
  const free = (place: number) => (base === undefined ? place : below(place, base, 12 * scale));
  if (train === undefined) return [train, validation && free(validation)];
  if (validation === undefined) return [free(train), validation];
  [train, validation] = apart(train, validation, gap);
  const isTrainAbove = train <= validation;
  const upper = free(Math.min(train, validation));
  const lower = free(Math.max(train, validation, upper + gap));
  return isTrainAbove ? [upper, lower] : [lower, upper];
}

/** Moves two labels far enough apart to be legible, keeping their order. */
function apart(first: number, second: number, gap: number): [number, number] {
  const missing = gap - Math.abs(first - second);
  if (missing <= 0) return [first, second];
  return first >= second ? [first + missing / 2, second - missing / 2] : [first - missing / 2, second + missing / 2];
}

/** Candidate positions for a line's label: just above it, just below it, and a row further away. */
function placesAt(line: number, scale: number): [number, ...number[]] {
  return [line - 6 * scale, line + 16 * scale, line - 22 * scale, line + 32 * scale];
}

/** The first position with no other label nearby; the first of all if each is taken. */
export function freeOf(
  others: readonly (number | undefined)[],
  places: readonly [number, ...number[]],
  gap: number,
): number {
  const isFree = (place: number) => others.every((other) => other === undefined || Math.abs(other - place) >= gap);
  return places.find(isFree) ?? places[0];
}

/** Keeps a label off the dashed line: one that would be struck through goes just below. */
function below(label: number, line: number, reach: number): number {
  return Math.abs(label - reach / 3 - line) < reach ? line + 1.4 * reach : label;
}

function line(ctx: CanvasRenderingContext2D, colour: string, from: [number, number], to: [number, number]): void {
  ctx.strokeStyle = colour;
  ctx.lineWidth = devicePixelRatio;
  ctx.beginPath();
  ctx.moveTo(...from);
  ctx.lineTo(...to);
  ctx.stroke();
}

function readColours(): Colours {
  return {
    ink2: readColour('--ink-2'),
    ink3: readColour('--ink-3'),
    grid: readColour('--chart-grid'),
    axis: readColour('--chart-axis'),
    sunken: readColour('--sunken'),
    line: readColour('--line-strong'),
    base: readColour('--base'),
    train: readColour('--series-train'),
    validation: readColour('--series-validation'),
    sheet: readColour('--sheet'),
  };
}
