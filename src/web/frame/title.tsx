import { Title } from "@mantine/core";
import { createContext, use, useEffect, type ReactNode } from "react";
import { createPortal } from "react-dom";
import { strings } from "#web/strings.ts";

/** The place in the top bar where a page puts its title or breadcrumbs. */
export const TitleSlot = createContext<HTMLElement | null>(null);

/** Puts `children` (or the title itself) into the top bar, and `title` into the browser's tab. */
export function FrameTitle(props: { readonly title: string; readonly children?: ReactNode }) {
  const slot = use(TitleSlot);
  useEffect(() => {
    document.title = `${props.title} · ${strings.common.product}`;
  }, [props.title]);
  if (!slot) return null;
  return createPortal(
    props.children ?? (
      <Title order={1} size="h3">
        {props.title}
      </Title>
    ),
    slot,
  );
}
