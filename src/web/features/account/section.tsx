import { Text, Title } from "@mantine/core";
import { useId, type ReactNode } from "react";
import classes from "./account.module.css";

/** A titled part of the page, set off by a hairline. */
export function Section(props: {
  readonly title: string;
  readonly hint?: string;
  readonly action?: ReactNode;
  readonly children: ReactNode;
}) {
  const id = useId();
  return (
    <section className={classes.section} aria-labelledby={id}>
      <div className={classes.head}>
        <div>
          <Title order={2} size="h3" id={id}>
            {props.title}
          </Title>
          {props.hint && (
            <Text size="sm" c="dimmed">
              {props.hint}
            </Text>
          )}
        </div>
        {props.action}
      </div>
      {props.children}
    </section>
  );
}
