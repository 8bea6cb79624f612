import { useCallback, useEffect, useRef, useState } from "react";

const idleMs = 3_000;

/** Whether the bar may fade: nothing was touched for three seconds. `isHeld` keeps it there. */
export function useIdle(isHeld: boolean) {
  const [isIdle, setIsIdle] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const wake = useCallback(() => {
    setIsIdle(false);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setIsIdle(true), idleMs);
  }, []);
  const toggle = useCallback(() => {
    clearTimeout(timer.current);
    setIsIdle((was) => {
      if (was) timer.current = setTimeout(() => setIsIdle(true), idleMs);
      return !was;
    });
  }, []);
  useEffect(() => {
    wake();
    return () => clearTimeout(timer.current);
  }, [wake, isHeld]);
  return { isIdle: isIdle && !isHeld, wake, toggle };
}
