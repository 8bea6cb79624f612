import { Button, Text } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import type { Node } from "#contract/apps/files/browse";
import { FileCard, useContentUrls, Viewer } from "#web/features/preview/index.ts";
import { strings } from "#web/strings.ts";
import { formatBytes, formatMoment } from "#web/ui/index.ts";
import classes from "./public-link.module.css";

const t = strings.publicLink;

/** One shared file: shown as far as the browser can, with its download. Where downloads are counted, looking would be one. */
export function SharedFile({ node, limited }: { readonly node: Node; readonly limited: boolean }) {
  const urls = useContentUrls();
  if (limited) {
    return (
      <div className={classes.stage} data-whole>
        <FileCard node={node} title={formatMoment(node.modifiedAtMs)} hint={t.limited} />
      </div>
    );
  }
  return (
    <div className={classes.file}>
      <div className={classes.stage}>
        <Viewer node={node} />
      </div>
      <div className={classes.bar}>
        <Text size="sm" c="dimmed" className="tabular">
          {formatBytes(node.sizeBytes)} · {formatMoment(node.modifiedAtMs)}
        </Text>
        <Button
          component="a"
          href={urls.download(node.id)}
          download
          leftSection={<IconDownload size={16} aria-hidden="true" />}
        >
          {t.download}
        </Button>
      </div>
    </div>
  );
}
