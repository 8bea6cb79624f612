import type { ReactNode } from "react";
import classes from "./page.module.css";

/** The column of a page that is read, not worked in. */
export function Page(props: { readonly children: ReactNode }) {
  return <div className={classes.page}>{props.children}</div>;
}

/** A part of a page with its heading. */
export function Section(props: { readonly title: string; readonly action?: ReactNode; readonly children: ReactNode }) {
  return (
    <section className={classes.section} aria-label={props.title}>
      <div className={classes.head}>
        <h2 className={classes.title}>{props.title}</h2>
        {props.action}
      </div>
      {props.children}
    </section>
  );
}
