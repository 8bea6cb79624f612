import { Text, Title } from "@mantine/core";
import type { Node } from "#contract/apps/files/browse";
import { strings } from "#web/strings.ts";
import { formatBytes, formatMoment } from "#web/ui/index.ts";
import classes from "./preview.module.css";

const t = strings.preview;

/** What is known of the file, beside it or under it on a phone. */
export function Details({ node }: { readonly node: Node }) {
  const facts: readonly (readonly [string, string])[] = [
    [t.facts.name, node.name],
    [t.facts.type, node.mime || t.facts.unknownType],
    [t.facts.size, formatBytes(node.sizeBytes)],
    [t.facts.changed, formatMoment(node.modifiedAtMs)],
  ];
  return (
    <aside className={classes.details} aria-label={t.details}>
      <Title order={3} size="h4">
        {t.details}
      </Title>
      <dl className={classes.facts}>
        {facts.map(([label, value]) => (
          <div key={label}>
            <Text component="dt" size="xs" c="dimmed">
              {label}
            </Text>
            <Text component="dd" size="sm" m={0} className={`${classes.wrap} tabular`}>
              {value}
            </Text>
          </div>
        ))}
      </dl>
    </aside>
  );
}
