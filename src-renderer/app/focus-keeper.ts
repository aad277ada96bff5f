/**
 * Keeps the keyboard focus. The focused element may be removed: a row that is deleted, a button that is replaced by
 * another, a dialog that closes after its opener has gone. The browser then drops the focus; this moves it to a
 * neighbour, or to where it was before on the page. If the page itself was replaced, it moves to the head of the new
 * one.
 */
export function keepFocus(root: Document, signal: AbortSignal): void {
  const before: HTMLElement[] = [];
  let last: Place | undefined;

  root.addEventListener(
    'focusin',
    ({ target }) => {
      if (!(target instanceof HTMLElement)) return;
      last = placeOf(target);
      before.unshift(target);
      before.length = Math.min(before.length, mostRemembered);
    },
    { signal, capture: true },
  );

  const observer = new MutationObserver(() => {
    if (last === undefined || root.activeElement !== root.body) return;
    if (last.element.isConnected) {
      // Still there, but the person clicked elsewhere, or it became unfocusable.
      return;
    }
    const main = root.querySelector<HTMLElement>('main');
    // Not the rail, which the focus passed on its way.
    const next = beside(last) ?? before.find((element) => main?.contains(element) && canTake(element));
    (next ?? main)?.focus({ preventScroll: true });
  });
  observer.observe(root.body, { childList: true, subtree: true });
  signal.addEventListener('abort', () => observer.disconnect(), { once: true });
}

const mostRemembered = 12;

/** An element with its ancestors, each with the index of the child below it: a removed element no longer knows them. */
interface Place {
  readonly element: HTMLElement;
  readonly above: readonly { readonly element: Element; readonly child: number }[];
}

function placeOf(element: HTMLElement): Place {
  const above: { element: Element; child: number }[] = [];
  for (let inner: Element = element; inner.parentElement; inner = inner.parentElement) {
    above.push({ element: inner.parentElement, child: [...inner.parentElement.children].indexOf(inner) });
  }
  return { element, above };
}

/** The removed element's place within the page, or the nearest to it; undefined if the whole page was replaced. */
function beside({ above }: Place): HTMLElement | undefined {
  if (!above.some(({ element }) => element.matches('main'))) return undefined;
  const kept = above.find(({ element }) => element.isConnected);
  if (kept === undefined || kept.element.matches('main, body, html')) return undefined;
  const { children } = kept.element;
  for (let child = Math.min(kept.child, children.length - 1); child >= 0; child--) {
    const found = firstIn(children[child] as Element);
    if (found) return found;
  }
  return undefined;
}

const reachable = 'a[href], button, input, textarea, select, [tabindex]';

function firstIn(element: Element): HTMLElement | undefined {
  const all = [element, ...element.querySelectorAll(reachable)];
  return all.find(
    (each): each is HTMLElement => each instanceof HTMLElement && each.matches(reachable) && canTake(each),
  );
}

function canTake(element: HTMLElement): boolean {
  return element.tabIndex >= 0 && !element.matches(':disabled') && element.checkVisibility();
}
