/**
 * Keeps the keyboard's place. What has the focus may be taken off the page: a row that is deleted, a button that becomes
 * another one, a window that closes after its opener has gone. The browser then forgets where one was; this goes on beside
 * it, or where one was before in the page. With another page in its place, it goes on at the head of that.
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
      // Still there, but the person has pressed beside it, or it was made unreachable.
      return;
    }
    const main = root.querySelector<HTMLElement>('main');
    // Not the rail, which one has passed on the way to what is gone.
    const next = beside(last) ?? before.find((element) => main?.contains(element) && canTake(element));
    (next ?? main)?.focus({ preventScroll: true });
  });
  observer.observe(root.body, { childList: true, subtree: true });
  signal.addEventListener('abort', () => observer.disconnect(), { once: true });
}

const mostRemembered = 12;

/** An element with its ancestors, each with its number among the children of the next: what is taken off knows it no more. */
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

/** In the page itself the place of what has gone, or the nearest to it; a page that was left as a whole has none. */
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
