import { useEffect, useState, type RefObject } from 'react';

const afterMs = 3000;

/** True when nobody has moved, typed or touched over the element for a while; never while `active` is false. */
export function useIdle(frame: RefObject<HTMLElement | null>, active: boolean): boolean {
  const [isIdle, setIsIdle] = useState(false);
  useEffect(() => {
    const element = frame.current;
    if (!element || !active) return setIsIdle(false);
    let timer = setTimeout(() => setIsIdle(true), afterMs);
    const wake = (): void => {
      setIsIdle(false);
      clearTimeout(timer);
      timer = setTimeout(() => setIsIdle(true), afterMs);
    };
    const names = ['pointermove', 'pointerdown', 'keydown', 'focusin'];
    for (const name of names) element.addEventListener(name, wake);
    return () => {
      clearTimeout(timer);
      for (const name of names) element.removeEventListener(name, wake);
    };
  }, [frame, active]);
  return isIdle;
}
