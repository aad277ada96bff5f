import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const css = readFileSync(new URL('tokens.css', import.meta.url), 'utf8');
type Rgb = readonly [number, number, number];
const pages = ['chrome', 'sheet', 'sunken'];

// White on the main button had 4.1 to 1 under the pointer in the dark theme. WCAG 2.2, 1.4.3 requires 4.5.
test.each(['light', 'dark'] as const)('text has enough contrast in the %s theme, also on hover and press', (theme) => {
  const of = (name: string) => colourOf(name, theme);
  const pairs: [string, Rgb, Rgb][] = ['accent', 'accent-hover'].map((name) => [
    `on-accent on ${name}`,
    of('on-accent').rgb,
    of(name).rgb,
  ]);
  for (const [state, inks] of [
    ['hover', ['ink', 'ink-2', 'accent-ink']],
    ['press', ['ink', 'ink-2']],
  ] as const) {
    for (const ink of inks) {
      for (const page of pages) {
        pairs.push([`${ink} on ${page} with ${state}`, of(ink).rgb, over(of(state), of(page).rgb)]);
      }
    }
  }
  // Small notes appear in rows and cards; the frame has none under the pointer.
  for (const page of ['sheet', 'sunken']) {
    pairs.push([`ink-3 on ${page} with hover`, of('ink-3').rgb, over(of('hover'), of(page).rgb)]);
  }
  const tooWeak = pairs.filter(([, ink, ground]) => contrast(ink, ground) < 4.5).map(([pair]) => pair);
  expect(tooWeak).toEqual([]);
});

test('computes contrast as WCAG defines it', () => {
  expect(contrast([0, 0, 0], [1, 1, 1])).toBeCloseTo(21, 5);
});

function colourOf(name: string, theme: 'light' | 'dark'): { rgb: Rgb; alpha: number } {
  const value = new RegExp(`--${name}: (.*);`).exec(css)?.[1] ?? '';
  const colours = [...value.matchAll(/oklch\(([\d.]+) ([\d.]+) ([\d.]+)(?: \/ ([\d.]+))?\)/g)];
  const [, lightness, chroma, hue, alpha = 1] = (colours[theme === 'dark' ? 1 : 0] ?? colours[0] ?? []).map(Number);
  if (lightness === undefined || chroma === undefined || hue === undefined) throw new Error(`no colour ${name}`);
  return { rgb: linearOf(lightness, chroma, hue), alpha: Number.isNaN(alpha) ? 1 : alpha };
}

/** Linear sRGB, clipped to its gamut. Source: B. Ottosson, A perceptual color space for image processing, 2020. */
function linearOf(lightness: number, chroma: number, hue: number): Rgb {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const cut = (value: number) => Math.min(1, Math.max(0, value));
  return [
    cut(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    cut(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    cut(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

/** Composited over a ground as browsers do it: in gamma-encoded sRGB, not in linear light. */
function over({ rgb, alpha }: { rgb: Rgb; alpha: number }, ground: Rgb): Rgb {
  const [r, g, b] = rgb.map((value, part) =>
    decoded(encoded(value) * alpha + encoded(ground[part] ?? 0) * (1 - alpha)),
  );
  return [r ?? 0, g ?? 0, b ?? 0];
}

function encoded(value: number): number {
  return value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055;
}

function decoded(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

/** WCAG 2.2: the ratio of the relative luminances. */
function contrast(one: Rgb, other: Rgb): number {
  const luminance = ([r, g, b]: Rgb) => 0.2126 * r + 0.7152 * g + 0.0722 * b;
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}
