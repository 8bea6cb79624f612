import { Text, Title } from "@mantine/core";
import { useEffect, type ReactNode } from "react";
import { strings } from "#web/strings.ts";
import classes from "./door.module.css";
import { Mark } from "./mark.tsx";

/** The plain page before one is inside: login, first run. */
export function Door(props: {
  readonly title: string;
  readonly hint?: string;
  readonly isWide?: boolean;
  readonly children: ReactNode;
}) {
  useEffect(() => {
    document.title = `${props.title} · ${strings.common.product}`;
  }, [props.title]);
  return (
    <main className={classes.page}>
      <div className={classes.column} data-wide={props.isWide || undefined}>
        <div className={classes.head}>
          <Mark sizePx={48} />
          <Title order={1} size="h2">
            {props.title}
          </Title>
          {props.hint && (
            <Text size="sm" c="dimmed">
              {props.hint}
            </Text>
          )}
        </div>
        {props.children}
      </div>
    </main>
  );
}
