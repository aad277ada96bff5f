/**
 * Drawing primitives of the lab's pictures, as SVG text. Colours are the page's tokens with fixed fallbacks: inside the
 * page a picture follows the theme, as a file of its own it has a white background.
 */
export const colours = {
  ink: 'var(--ink, #161921)',
  ink2: 'var(--ink-2, #494d56)',
  ink3: 'var(--ink-3, #666a73)',
  grid: 'var(--chart-grid, #e8e9ec)',
  axis: 'var(--line-strong, #c9ccd1)',
  ours: 'var(--accent-ink, #1f4fcc)',
  paper: 'var(--base, #2d333e)',
  paper2: 'var(--series-train, #8a919d)',
  ground: 'var(--lab-ground, #ffffff)',
} as const;

/** Distinguished by lightness and, in every line chart, by their marks too, so that colour vision is not required. */
export const seriesColours = [
  colours.ours,
  'var(--sum, #a65c03)',
  'var(--sql, #147571)',
  'var(--mrc, #a21da2)',
  colours.paper,
  colours.paper2,
] as const;

const ramp = [
  '#f4fcfd',
  '#dcf1f8',
  '#bde4f2',
  '#9bd2eb',
  '#79bee3',
  '#5aa7db',
  '#408dce',
  '#3073be',
  '#2759ab',
  '#234292',
  '#202f77',
];

/** One of eleven steps from 0 to 1, whose lightness rises or falls monotonically in both themes. */
export function heatStep(value: number): number {
  return Math.max(0, Math.min(10, Math.round(value * 10)));
}

export function heatColour(step: number): string {
  return `var(--heat-${step}, ${ramp[step]})`;
}

export interface Frame {
  readonly width: number;
  readonly height: number;
  /** Text for screen readers. */
  readonly described: string;
  readonly parts: readonly string[];
}

export function svg({ width, height, described, parts }: Frame): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${number(width)} ${number(height)}" width="${number(width)}" height="${number(height)}" role="img" aria-label="${escaped(described)}" font-family="Pretendard Variable, Pretendard, system-ui, sans-serif" font-size="12">`,
    `<rect width="${number(width)}" height="${number(height)}" fill="${colours.ground}"/>`,
    ...parts,
    '</svg>',
  ].join('');
}

export interface TextStyle {
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly colour?: string;
  readonly weight?: number;
  readonly size?: number;
}

export function text(x: number, y: number, words: string, style: TextStyle = {}): string {
  const { anchor = 'start', colour = colours.ink2, weight, size } = style;
  const more = `${weight === undefined ? '' : ` font-weight="${weight}"`}${size === undefined ? '' : ` font-size="${size}"`}`;
  return `<text x="${number(x)}" y="${number(y)}" text-anchor="${anchor}" fill="${colour}"${more}>${escaped(words)}</text>`;
}

export function rect(x: number, y: number, width: number, height: number, fill: string, round = 0): string {
  const corner = round === 0 ? '' : ` rx="${round}"`;
  return `<rect x="${number(x)}" y="${number(y)}" width="${number(width)}" height="${number(height)}" fill="${fill}"${corner}/>`;
}

export function line(
  points: readonly (readonly [number, number])[],
  colour: string,
  { width = 1, dashed = false } = {},
): string {
  const path = points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${number(x)} ${number(y)}`).join('');
  return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="${width}"${dashed ? ' stroke-dasharray="4 4"' : ''}/>`;
}

/** Marks of four shapes, one for each series in turn. */
export function mark(x: number, y: number, series: number, colour: string): string {
  const [cx, cy] = [number(x), number(y)];
  switch (series % 4) {
    case 0:
      return `<circle cx="${cx}" cy="${cy}" r="4" fill="${colour}"/>`;
    case 1:
      return rect(x - 3.5, y - 3.5, 7, 7, colour);
    case 2:
      return `<path d="M${cx} ${number(y - 5)}L${number(x + 4.5)} ${number(y + 3.5)}H${number(x - 4.5)}Z" fill="${colour}"/>`;
    default:
      return `<path d="M${cx} ${number(y - 5)}L${number(x + 5)} ${cy}L${cx} ${number(y + 5)}L${number(x - 5)} ${cy}Z" fill="${colour}"/>`;
  }
}

/** A picture as a file of its own, with its title above and its caption below, both as text that can be searched. */
export function captioned(picture: string, { title, caption }: { title: string; caption: string }): string {
  const [, width = 560, height = 300] = (/viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(picture) ?? []).map(Number);
  const heading = wrapped(title, Math.floor((width - 24) / titleLetter));
  const lines = wrapped(caption, Math.floor((width - 24) / captionLetter));
  const top = 12 + heading.length * titleLine;
  const whole = top + height + 16 + lines.length * captionLine;
  const inside = picture.slice(picture.indexOf('>') + 1, picture.lastIndexOf('</svg>'));
  const head = picture
    .slice(0, picture.indexOf('>') + 1)
    .replace(/viewBox="[^"]*"/, `viewBox="0 0 ${number(width)} ${number(whole)}"`)
    .replace(/ height="[^"]*"/, ` height="${number(whole)}"`);
  const parts = [
    rect(0, 0, width, whole, colours.ground),
    ...heading.map((words, i) =>
      text(12, 22 + i * titleLine, words, { colour: colours.ink, size: titleSize, weight: 600 }),
    ),
    `<g transform="translate(0 ${top})">${inside}</g>`,
    ...lines.map((words, i) =>
      text(12, top + height + 12 + i * captionLine, words, { colour: colours.ink3, size: captionSize }),
    ),
  ];
  return standalone(`${head}${parts.join('')}</svg>`);
}

// Approximate width of a letter at that size; Korean ones are wider and count as 1.8.
const [titleSize, titleLine, titleLetter] = [14, 19, 7.6];
const [captionSize, captionLine, captionLetter] = [10.5, 15, 5.6];

function wrapped(words: string, most: number): string[] {
  const lines: string[] = [''];
  const size = (line: string) => [...line].reduce((sum, letter) => sum + (/[ᄀ-ᅟ가-힣]/.test(letter) ? 1.8 : 1), 0);
  for (const word of words.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last !== '' && size(`${last} ${word}`) > most) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines;
}

/** For a file of its own: tokens become their fixed colours, which every SVG program understands. */
export function standalone(picture: string): string {
  return picture.replace(/var\(--[\w-]+, ([^)]+)\)/g, '$1');
}

export function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function number(value: number): string {
  return String(Math.round(value * 100) / 100);
}
