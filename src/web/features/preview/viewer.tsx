import { Text } from "@mantine/core";
import { Suspense, useState } from "react";
import type { Node } from "#contract/apps/files/browse";
import { strings } from "#web/strings.ts";
import { FileIcon, lazyPart } from "#web/ui/index.ts";
import { FileCard, Waiting } from "./file-card.tsx";
import { ImageView } from "./image-view.tsx";
import { viewerFor } from "./kinds.ts";
import classes from "./preview.module.css";
import { TextView } from "./text-view.tsx";
import { useContentUrls } from "./urls.ts";

const t = strings.preview;
const MarkdownView = lazyPart(async () => (await import("./markdown-view.tsx")).MarkdownView);

/** The viewer of a file's kind; what cannot be shown gets a card with its download. */
export function Viewer({ node }: { readonly node: Node }) {
  const [broken, setBroken] = useState(false);
  const kind = viewerFor(node);
  const fail = (): void => setBroken(true);
  if (broken) return <FileCard node={node} title={t.none.broken} hint={t.none.brokenHint} />;
  switch (kind) {
    case "image":
      return <ImageView node={node} onBroken={fail} />;
    case "video":
      return <VideoView node={node} onBroken={fail} />;
    case "audio":
      return <AudioView node={node} onBroken={fail} />;
    case "pdf":
      return <PdfView node={node} />;
    case "text":
      return <TextView node={node} />;
    case "markdown":
      return (
        <Suspense fallback={<Waiting />}>
          <MarkdownView node={node} />
        </Suspense>
      );
    default:
      return <FileCard node={node} title={t.none.title} />;
  }
}

interface MediaProps {
  readonly node: Node;
  onBroken(): void;
}

function VideoView({ node, onBroken }: MediaProps) {
  const urls = useContentUrls();
  return (
    <video
      className={classes.video}
      src={urls.content(node.id)}
      poster={node.hasPreview ? urls.preview(node.id, 1600, node.etag) : undefined}
      controls
      playsInline
      preload="metadata"
      onError={onBroken}
      aria-label={node.name}
      data-no-swipe
    />
  );
}

function AudioView({ node, onBroken }: MediaProps) {
  const urls = useContentUrls();
  return (
    <div className={classes.card} data-no-swipe>
      <FileIcon node={node} sizePx={64} />
      <Text fw={550} className={classes.wrap}>
        {node.name}
      </Text>
      <audio
        className={classes.audio}
        src={urls.content(node.id)}
        controls
        preload="metadata"
        onError={onBroken}
        aria-label={node.name}
      />
    </div>
  );
}

/** The browser's own viewer; phones mostly have none and get the card. */
function PdfView({ node }: { readonly node: Node }) {
  const urls = useContentUrls();
  if (navigator.pdfViewerEnabled)
    return <iframe className={classes.pdf} src={urls.content(node.id)} title={node.name} />;
  if (node.hasPreview) return <ImageView node={node} onBroken={() => undefined} />;
  return <FileCard node={node} title={t.none.title} />;
}
