import { useEffect, type RefObject } from 'react';

/** What may take the focus of a control that is gone: the part of the page it stood in. */
const parts = 'section, article, form, li, [role="tabpanel"], [role="region"], main';

/**
 * When the control that has the focus leaves the page (a form that was sent, a row that was removed, a menu's lost button), the
 * nearest part of the page that is still there takes it. Else it would fall on nothing, and keyboard and screen reader would
 * start again at the top.
 */
export function useKeptFocus(page: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    let last: Element | null = null;
    let around: Element[] = [];
    const remember = ({ target }: FocusEvent): void => {
      if (!(target instanceof Element) || !page.current?.contains(target)) return;
      last = target;
      around = [];
      for (let outer = target.parentElement; outer && page.current.contains(outer); outer = outer.parentElement)
        around.push(outer);
    };
    const keep = (): void => {
      if (document.activeElement !== document.body || !last || last.isConnected) return;
      const heir = around.find((outer) => outer.isConnected && outer.matches(parts)) ?? page.current;
      last = null;
      if (!(heir instanceof HTMLElement)) return;
      // Able to hold the focus, but no stop on the way of the Tab key.
      if (!heir.hasAttribute('tabindex')) heir.tabIndex = -1;
      heir.focus({ preventScroll: true });
    };
    const observer = new MutationObserver(keep);
    observer.observe(document.body, { childList: true, subtree: true });
    document.addEventListener('focusin', remember);
    return () => {
      observer.disconnect();
      document.removeEventListener('focusin', remember);
    };
  }, [page]);
}
