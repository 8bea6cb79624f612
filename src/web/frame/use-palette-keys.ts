import { useEffect, useEffectEvent } from "react";
import { isTyping } from "#web/ui/index.ts";

/** `/` and Ctrl-K (or ⌘K) open the palette. */
export function usePaletteKeys(onOpen: () => void): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    const chord = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k";
    const slash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target);
    if (!chord && !slash) return;
    event.preventDefault();
    onOpen();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => onKey(event);
    document.addEventListener("keydown", listener);
    return () => document.removeEventListener("keydown", listener);
  }, []);
}
