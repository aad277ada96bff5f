import { saveText } from '../ui/save-text.ts';

/** PNG pixels per unit of the drawing, so that it is sharp in print. */
const sharpness = 3;

/** Saves a drawing through the browser, as SVG or PNG. */
export async function savePicture({ name, svg }: { name: string; svg: string }, as: 'svg' | 'png'): Promise<void> {
  if (as === 'svg') {
    saveText(`${name}.svg`, svg, 'image/svg+xml');
    return;
  }
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = image.naturalWidth * sharpness;
  canvas.height = image.naturalHeight * sharpness;
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  const link = document.createElement('a');
  link.href = canvas.toDataURL('image/png');
  link.download = `${name}.png`;
  link.click();
}
