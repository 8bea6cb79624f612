import { ActionIcon, Modal, Text } from "@mantine/core";
import { IconChevronLeft, IconChevronRight, IconDownload, IconInfoCircle, IconX } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import type { Node } from "#contract/apps/files/browse";
import { urls as ownUrls } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { Details } from "./details.tsx";
import { imageSources, neighbours, viewerFor } from "./kinds.ts";
import { PlayLink } from "./play-link.tsx";
import classes from "./preview.module.css";
import { useContentUrls, type ContentUrls } from "./urls.ts";
import { useSwipe } from "./use-swipe.ts";
import { Viewer } from "./viewer.tsx";

const t = strings.preview;

export interface PreviewProps {
  /** What the list shows, in its order; folders are passed over. */
  readonly nodes: readonly Node[];
  readonly nodeId: number;
  onClose(): void;
  onNavigate(nodeId: number): void;
}

/** A file over the whole screen, with its neighbours one key away. */
export function Preview(props: PreviewProps) {
  const { nodes, nodeId, onClose, onNavigate } = props;
  const { at, files, previous, next } = neighbours(nodes, nodeId);
  const [details, setDetails] = useState(false);
  const urls = useContentUrls();
  const node = files[at];
  const go = (target: Node | null): void => {
    if (target) onNavigate(target.id);
  };
  usePreload([previous, next], urls);
  useKeys({ ArrowLeft: () => go(previous), ArrowRight: () => go(next), i: () => setDetails((shown) => !shown) });
  const swipe = useSwipe({ left: () => go(next), right: () => go(previous), down: onClose });
  if (!node) return null;
  return (
    <Modal.Root opened onClose={onClose} fullScreen transitionProps={{ duration: 120 }}>
      <Modal.Content radius={0} className={classes.content} aria-label={t.title(node.name)}>
        <div className={classes.frame} data-details={details || undefined} tabIndex={-1} data-autofocus>
          <Bar
            node={node}
            at={at}
            of={files.length}
            details={details}
            onDetails={() => setDetails(!details)}
            onClose={onClose}
          />
          <div className={classes.stage} {...swipe}>
            <Viewer key={node.id} node={node} />
            <Step side="left" label={t.previous} target={previous} go={go} />
            <Step side="right" label={t.next} target={next} go={go} />
          </div>
          {details && <Details node={node} />}
        </div>
      </Modal.Content>
    </Modal.Root>
  );
}

function Bar(props: {
  readonly node: Node;
  readonly at: number;
  readonly of: number;
  readonly details: boolean;
  onDetails(): void;
  onClose(): void;
}) {
  const { node, at, of } = props;
  const urls = useContentUrls();
  return (
    <div className={classes.bar}>
      <ActionIcon size={44} onClick={props.onClose} aria-label={t.close} title={t.close}>
        <IconX size={20} stroke={1.5} aria-hidden="true" />
      </ActionIcon>
      <div className={classes.name}>
        <Text fw={550} truncate component="h2" size="sm" title={node.name}>
          {node.name}
        </Text>
        {of > 1 && (
          <Text size="xs" c="dimmed" className="tabular">
            {t.position(at + 1, of)}
          </Text>
        )}
      </div>
      {urls === ownUrls && viewerFor(node) === "video" && <PlayLink nodeId={node.id} />}
      <ActionIcon
        size={44}
        onClick={props.onDetails}
        aria-label={t.details}
        title={t.details}
        aria-pressed={props.details}
      >
        <IconInfoCircle size={20} stroke={1.5} aria-hidden="true" />
      </ActionIcon>
      <ActionIcon
        size={44}
        component="a"
        href={urls.download(node.id)}
        download
        aria-label={t.download}
        title={t.download}
      >
        <IconDownload size={20} stroke={1.5} aria-hidden="true" />
      </ActionIcon>
    </div>
  );
}

function Step(props: {
  readonly side: "left" | "right";
  readonly label: string;
  readonly target: Node | null;
  go(target: Node | null): void;
}) {
  const Shape = props.side === "left" ? IconChevronLeft : IconChevronRight;
  if (!props.target) return null;
  return (
    <ActionIcon
      size={44}
      variant="default"
      className={classes.step}
      data-side={props.side}
      onClick={() => props.go(props.target)}
      aria-label={props.label}
      title={props.label}
    >
      <Shape size={20} stroke={1.5} aria-hidden="true" />
    </ActionIcon>
  );
}

/** Keys of the overlay; a player keeps its own, and so does whatever is typed into. */
function useKeys(keys: Readonly<Record<string, () => void>>): void {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const busy = event.target instanceof HTMLMediaElement || event.target instanceof HTMLInputElement;
      if (busy || event.ctrlKey || event.metaKey || event.altKey) return;
      keys[event.key]?.();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  });
}

/** The pictures beside this one are fetched while it is looked at. */
function usePreload(around: readonly (Node | null)[], urls: ContentUrls): void {
  const wanted = around.flatMap((node) =>
    node && viewerFor(node) === "image" && imageSources(node).first === "preview"
      ? [urls.preview(node.id, 1600, node.etag)]
      : [],
  );
  const key = wanted.join(" ");
  useEffect(() => {
    for (const url of key.split(" ").filter(Boolean)) new Image().src = url;
  }, [key]);
}
