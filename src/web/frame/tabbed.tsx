import { Link, Outlet, type LinkProps } from "@tanstack/react-router";
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
  return (
    <>
      <FrameTitle title={props.title} />
      <div className={classes.page}>
        <div className={classes.column} data-wide={props.wide || undefined}>
          <nav className={classes.nav} aria-label={props.label}>
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
