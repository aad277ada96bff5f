/**
 * Scrolling through any number of rows. Browsers cap the height of an element (some at 17 million pixels), so above
 * `maxHeight` the scroll bar moves through a shorter track, each pixel of which stands for several of the list's.
 */
export interface ScrollTrack {
  /** Height of all rows in pixels. */
  readonly listHeight: number;
  /** Height in pixels of the track that the browser scrolls. */
  readonly trackHeight: number;
  readonly viewHeight: number;
}

const maxHeight = 4_000_000;

export function scrollTrack(rows: number, rowHeight: number, viewHeight: number): ScrollTrack {
  const listHeight = rows * rowHeight;
  return { listHeight, trackHeight: Math.min(listHeight, maxHeight), viewHeight };
}

/** The position in the list for the browser's `scrollTop`. */
export function listTop(track: ScrollTrack, scrollTop: number): number {
  const trackWay = track.trackHeight - track.viewHeight;
  const listWay = track.listHeight - track.viewHeight;
  if (trackWay <= 0 || trackWay === listWay) return scrollTop;
  return Math.min(1, scrollTop / trackWay) * listWay;
}

/** The browser's scroll position that shows the list from `top`. */
export function trackTop(track: ScrollTrack, top: number): number {
  const trackWay = track.trackHeight - track.viewHeight;
  const listWay = track.listHeight - track.viewHeight;
  if (listWay <= 0 || trackWay === listWay) return top;
  return (top / listWay) * trackWay;
}

/** The position nearest to `top` at which the whole row is in view. */
export function topToShow(track: ScrollTrack, row: number, rowHeight: number, top: number): number {
  const start = row * rowHeight;
  if (start < top) return start;
  return Math.max(top, start + rowHeight - track.viewHeight);
}
