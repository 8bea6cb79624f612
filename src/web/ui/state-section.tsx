import type { ReactNode } from "react";
import classes from "./state-section.module.css";

export interface StateFact {
  readonly name: string;
  /** A fact without a value is not shown. */
  readonly value: string;
  /** Long ones take a line of their own. */
  readonly isWide?: boolean;
}

/** What is true of a part of the house in a sentence, what can be done about it, and the facts below. */
export function StateSection(props: {
  readonly sentence: ReactNode;
  readonly actions: ReactNode;
  readonly facts: readonly StateFact[];
}) {
  return (
    <section className={classes.state} aria-live="polite">
      <div className={classes.sentence}>{props.sentence}</div>
      {props.actions}
      <dl className={classes.facts}>
        {props.facts.map(({ name, value, isWide }) =>
          value === "" ? null : (
            <div key={name} data-wide={isWide || undefined}>
              <dt>{name}</dt>
              <dd className="tabular">{value}</dd>
            </div>
          ),
        )}
      </dl>
    </section>
  );
}
