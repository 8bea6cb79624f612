import { CloseButton } from "@mantine/core";
import { type ReactNode, useEffect, useId, useLayoutEffect, useRef } from "react";
import { strings } from "#web/strings.ts";
import classes from "./side-panel.module.css";

/**
 * What belongs to the player, above its bar: at the side of the page on a desk, over it on a phone. The page and the bar stay in use.
 * Escape closes it from the player and from nowhere in particular; the focus goes to it, and back to where it came from.
 */
export function SidePanel(props: { readonly title: string; readonly children: ReactNode; onClose(): void }) {
  const panel = useRef<HTMLDivElement>(null);
  const titleId = useId();
  const close = useRef(props.onClose);
  close.current = props.onClose;
  useLayoutEffect(() => {
    const before = document.activeElement;
    const own = panel.current;
    own?.focus({ preventScroll: true });
    return () => {
      const isInside = own?.contains(document.activeElement) === true;
      if (isInside && before instanceof HTMLElement) before.focus({ preventScroll: true });
    };
  }, []);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const from = event.target;
      if (event.key !== "Escape" || event.defaultPrevented || !(from instanceof HTMLElement)) return;
      const dialog = from.closest("[role=dialog], [role=menu]");
      const isOfPlayer = panel.current?.parentElement?.contains(from) === true;
      if (dialog === panel.current || (dialog === null && (isOfPlayer || from === document.body))) close.current();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
  return (
    <div ref={panel} className={classes.panel} role="dialog" aria-labelledby={titleId} tabIndex={-1} data-side-panel>
      <div className={classes.head}>
        <h2 id={titleId}>{props.title}</h2>
        <CloseButton size="lg" aria-label={strings.common.close} onClick={props.onClose} />
      </div>
      {props.children}
    </div>
  );
}
