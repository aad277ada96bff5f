/**
 * Lets a double click count once where its first click put another control under the pointer. A person who
 * double-clicks everything would otherwise start a training by opening its page, pause it by starting it, and delete
 * the row that takes a deleted one's place. What stays the same, such as an arrow or an undo, takes every click.
 */
export function countOnce(root: Document, signal: AbortSignal): void {
  let first: Control | undefined;

  root.addEventListener(
    'click',
    (event) => {
      const control = controlOf(event.target);
      // 1: the first of a series in one place; 0: a key, or a label that clicks its field.
      if (event.detail === 1) first = control;
      if (event.detail < 2 || (control.element === first?.element && control.name === first?.name)) return;
      event.preventDefault();
      event.stopPropagation();
    },
    { capture: true, signal },
  );
}

/** The same element with another name does something else: Svelte keeps a button of which only the words change. */
interface Control {
  readonly element: Element | null;
  readonly name: string | null | undefined;
}

function controlOf(target: EventTarget | null): Control {
  const element = target instanceof Element ? target.closest('a, button, label') : null;
  return { element, name: element?.ariaLabel ?? element?.textContent };
}
