import { useEffect, useState } from "react";

/** True once `active` has lasted `delayMs`: skeletons appear only when waiting is felt. */
export function useAfter(active: boolean, delayMs = 200): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (!active) return setLate(false);
    const timer = setTimeout(() => setLate(true), delayMs);
    return () => clearTimeout(timer);
  }, [active, delayMs]);
  return active && late;
}
