import { Button, Loader, Text, Title } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import type { Node } from "#contract/apps/files/browse";
import { strings } from "#web/strings.ts";
import { FileIcon, formatBytes, useAfter } from "#web/ui/index.ts";
import classes from "./preview.module.css";
import { useContentUrls } from "./urls.ts";

const t = strings.preview;

/** A spinner once waiting is felt. */
export function Waiting() {
  return useAfter(true) && <Loader className={classes.waiting} role="status" aria-label={t.loading} />;
}

/** What stands in for a preview. */
export function FileCard(props: { readonly node: Node; readonly title: string; readonly hint?: string }) {
  const { node, title, hint } = props;
  const urls = useContentUrls();
  return (
    <div className={classes.card}>
      <FileIcon node={node} sizePx={64} />
      <Text fw={550} className={classes.wrap}>
        {node.name}
      </Text>
      <Title order={3} size="sm" fw={400}>
        {title}
      </Title>
      {hint && (
        <Text size="sm" c="dimmed" maw="40ch">
          {hint}
        </Text>
      )}
      <Button
        component="a"
        href={urls.download(node.id)}
        download
        leftSection={<IconDownload size={16} aria-hidden="true" />}
      >
        {t.download} · {formatBytes(node.sizeBytes)}
      </Button>
    </div>
  );
}
