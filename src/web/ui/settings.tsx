import { Text, Title } from "@mantine/core";
import type { Icon } from "@tabler/icons-react";
import { useId, type ReactNode } from "react";
import classes from "./settings.module.css";

/** A titled part of a page of settings, set off by a hairline. `id` makes it a place that a link can lead to. */
export function SettingsSection(props: {
  readonly id?: string;
  readonly title: string;
  readonly hint?: string;
  readonly action?: ReactNode;
  readonly children: ReactNode;
}) {
  const titleId = useId();
  return (
    <section className={classes.section} id={props.id} aria-labelledby={titleId}>
      <div className={classes.head}>
        <div>
          <Title order={2} size="h3" id={titleId}>
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

/** Things of one kind, one below the other. */
export function SettingsList(props: { readonly children: ReactNode }) {
  return <ul className={classes.list}>{props.children}</ul>;
}

/** A thing with its name, what is known of it, and what can be done. `children` replace name and facts, as while it is renamed. */
export function SettingsRow(props: {
  readonly icon: Icon;
  readonly name: string;
  readonly mark?: ReactNode;
  readonly facts: readonly string[];
  readonly title?: string;
  readonly action?: ReactNode;
  readonly children?: ReactNode;
}) {
  return (
    <li className={classes.item}>
      <props.icon size={20} stroke={1.5} aria-hidden="true" className={classes.icon} />
      {props.children || (
        <>
          <div className={classes.text} title={props.title}>
            <div className={classes.name}>
              <Text size="sm" truncate>
                {props.name}
              </Text>
              {props.mark}
            </div>
            <Text size="xs" c="dimmed" className="tabular">
              {props.facts.filter(Boolean).join(" · ")}
            </Text>
          </div>
          {props.action}
        </>
      )}
    </li>
  );
}
