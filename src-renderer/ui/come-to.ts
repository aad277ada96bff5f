/** Brings what is wanted into view, and the keyboard to it; it has to be able to take it (`tabindex`). */
export function comeTo(element: HTMLElement): void {
  element.scrollIntoView({ block: 'start' });
  element.focus({ preventScroll: true });
}
