/** Scrolls to an element and focuses it; it has to be focusable (`tabindex`). */
export function comeTo(element: HTMLElement): void {
  element.scrollIntoView({ block: 'start' });
  element.focus({ preventScroll: true });
}
