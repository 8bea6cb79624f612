import { Button, Text } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import type { Node } from "#contract/apps/files/browse";
import { useContentUrls, Viewer } from "#web/features/preview/index.ts";
import { strings } from "#web/strings.ts";
import { formatBytes, formatMoment } from "#web/ui/index.ts";
import classes from "./public-link.module.css";

const t = strings.publicLink;

/** One shared file: shown as far as the browser can, with its download. */
export function SharedFile({ node }: { readonly node: Node }) {
  const urls = useContentUrls();
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
