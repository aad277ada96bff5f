/** Scrolls to an element and focuses it; it has to be focusable (`tabindex`). */
export function comeTo(element: HTMLElement, block: ScrollLogicalPosition = 'start'): void {
  element.scrollIntoView({ block });
  element.focus({ preventScroll: true });
}
