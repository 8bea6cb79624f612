import { Link, Outlet, useLocation, type LinkProps } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { FrameTitle } from "./title.tsx";
import classes from "./tabbed.module.css";

export interface Tab {
  readonly to: NonNullable<LinkProps["to"]>;
  readonly label: string;
}

/** A page in parts: tabs that have an address each, and the part that is open. `wide` is for tables. */
export function TabbedPage(props: {
  readonly title: string;
  readonly label: string;
  readonly tabs: readonly Tab[];
  readonly wide?: boolean;
}) {
  const path = useLocation({ select: (location) => location.pathname });
  const nav = useRef<HTMLElement>(null);
  // On a phone the tabs scroll; the one that is open must be seen.
  useEffect(() => {
    nav.current?.querySelector('[aria-current="page"]')?.scrollIntoView({ inline: "center", block: "nearest" });
  }, [path]);
  return (
    <>
      <FrameTitle title={props.title} />
      <div className={classes.page}>
        <div className={classes.column} data-wide={props.wide || undefined}>
          <nav ref={nav} className={classes.nav} aria-label={props.label}>
            {props.tabs.map(({ to, label }) => (
              <Link key={to} to={to} className={classes.tab} activeOptions={{ exact: true, includeSearch: false }}>
                {label}
              </Link>
            ))}
          </nav>
          <div className={classes.content}>
            <Outlet />
          </div>
        </div>
      </div>
    </>
  );
}
