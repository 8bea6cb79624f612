import { ActionIcon, Button, Drawer, Stack, Text, Title } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconDownload, IconX } from "@tabler/icons-react";
import { Suspense, type ReactNode } from "react";
import type { Node } from "#contract/apps/files/browse";
import { strings } from "#web/strings.ts";
import { sizes } from "#web/theme.ts";
import { fileKind, formatBytes, formatMoment, lazyPart, Thumb, type ThumbUrl } from "#web/ui/index.ts";
import classes from "./inspector.module.css";
import { LockPart } from "./lock-part.tsx";
import type { Command } from "./node-menu.tsx";

const AccessSummary = lazyPart(async () => (await import("#web/features/access/index.ts")).AccessSummary);
const TierPanel = lazyPart(async () => (await import("#web/features/tiers/tier-panel.tsx")).TierPanel);
const VersionsPanel = lazyPart(async () => (await import("#web/features/versions/index.ts")).VersionsPanel);

const t = strings.browse;
const iconPx = 64;

interface Props {
  /** What is selected, or the folder itself. */
  readonly nodes: readonly Node[];
  readonly where: string;
  readonly thumbUrl: ThumbUrl;
  readonly onCommand: (command: Command) => void;
  readonly onClose: () => void;
}

/** Details beside the list; a sheet from below where there is no room beside it. */
export function Inspector(props: Props) {
  const beside = useMediaQuery(`(min-width: ${sizes.inspectorFromPx}px)`, undefined, {
    getInitialValueInEffect: false,
  });
  if (!beside) {
    return (
      <Drawer
        opened
        onClose={props.onClose}
        position="bottom"
        size="auto"
        title={t.details}
        closeButtonProps={{ "aria-label": t.detailsClose }}
        classNames={{ content: classes.sheet ?? "" }}
      >
        <Details {...props} />
      </Drawer>
    );
  }
  return (
    <aside className={classes.panel} aria-label={t.details}>
      <div className={classes.head}>
        <Title order={2} size="h4">
          {t.details}
        </Title>
        <ActionIcon aria-label={t.detailsClose} onClick={props.onClose}>
          <IconX size={18} />
        </ActionIcon>
      </div>
      <Details {...props} />
    </aside>
  );
}

function Details(props: Props) {
  const { nodes } = props;
  const [node] = nodes;
  if (!node) return null;
  const sizeBytes = nodes.reduce((sum, each) => sum + each.sizeBytes, 0);
  if (nodes.length > 1) {
    return (
      <Stack gap="md">
        <Text fw={550}>{strings.common.selected(nodes.length)}</Text>
        <dl className={classes.facts}>
          <Fact name={t.info.size}>{formatBytes(sizeBytes)}</Fact>
          <Fact name={t.info.where}>{props.where}</Fact>
        </dl>
      </Stack>
    );
  }
  return (
    <Stack gap="md">
      <div className={classes.picture}>
        <Thumb node={node} url={props.thumbUrl(node)} iconPx={iconPx} />
      </div>
      <Text fw={550} className={classes.name}>
        {node.name}
      </Text>
      <dl className={classes.facts}>
        <Fact name={t.info.kind}>{t.kinds[fileKind(node)]}</Fact>
        <Fact name={t.info.size}>{formatBytes(node.sizeBytes)}</Fact>
        {node.kind === "folder" && <Fact name={t.info.contents}>{strings.common.items(node.count)}</Fact>}
        <Fact name={t.info.changed}>{formatMoment(node.modifiedAtMs)}</Fact>
        {props.where && <Fact name={t.info.where}>{props.where}</Fact>}
        {node.kind === "file" && node.mime && <Fact name={t.info.mime}>{node.mime}</Fact>}
      </dl>
      <div className={classes.actions}>
        <Button variant="default" leftSection={<IconDownload size={16} />} onClick={() => props.onCommand("download")}>
          {node.kind === "file" ? t.download : t.downloadZip}
        </Button>
      </div>
      <div className={classes.access}>
        <Suspense>
          <AccessSummary node={node} onOpen={() => props.onCommand("share")} />
        </Suspense>
      </div>
      {node.kind === "file" && <LockPart node={node} key={`lock ${node.id}`} />}
      <Suspense>
        <TierPanel node={node} key={`tiers ${node.id}`} />
      </Suspense>
      {node.kind === "file" && (
        <div className={classes.versions}>
          <Suspense>
            <VersionsPanel node={node} key={node.id} />
          </Suspense>
        </div>
      )}
    </Stack>
  );
}

function Fact(props: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className={classes.fact}>
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}
