import { useEffect, type RefObject } from 'react';

/** What may take the focus of a control that is gone: the part of the page it stood in. */
const parts = 'section, article, form, li, [role="tabpanel"], [role="region"], main';

/**
 * When the control that has the focus leaves (a form that was sent, a removed row, a closed dialog without a button that opened
 * it), the focus goes back to where it last was in the page, or to the nearest part around that place which is still there. Else
 * it would fall on nothing, and keyboard and screen reader would start again at the top.
 */
export function useKeptFocus(page: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    let holder: Element | null = null;
    /** The last place in the page and everything around it, from the inside out. */
    let way: Element[] = [];
    const remember = ({ target }: FocusEvent): void => {
      if (!(target instanceof Element)) return;
      holder = target;
      if (!page.current?.contains(target)) return;
      way = [];
      for (let at: Element | null = target; at && page.current.contains(at); at = at.parentElement) way.push(at);
    };
    const keep = (): void => {
      if (document.activeElement !== document.body || !holder || holder.isConnected) return;
      holder = null;
      const heir = way.find((at, index) => at.isConnected && (index === 0 || at.matches(parts))) ?? page.current;
      if (!(heir instanceof HTMLElement)) return;
      // Able to hold the focus, but no stop on the way of the Tab key.
      if (heir !== way[0] && !heir.hasAttribute('tabindex')) heir.tabIndex = -1;
      heir.focus({ preventScroll: true });
    };
    // A turn later: who closes a menu or a dialog may put the focus itself, and the key that closed it must not press what is
    // focused next.
    let turn: ReturnType<typeof setTimeout> | undefined;
    const observer = new MutationObserver(() => {
      clearTimeout(turn);
      turn = setTimeout(keep);
    });
    observer.observe(document.body, { childList: true, subtree: true });
    document.addEventListener('focusin', remember);
    return () => {
      observer.disconnect();
      clearTimeout(turn);
      document.removeEventListener('focusin', remember);
    };
  }, [page]);
}
