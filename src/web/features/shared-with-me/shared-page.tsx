import { IconUserShare } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Suspense, useState } from "react";
import { Skeleton } from "@mantine/core";
import type { Node } from "#contract/apps/files/browse";
import { query } from "#web/client.ts";
import { PlacesMenu, useSpaces } from "#web/features/browse/index.ts";
import { FrameTitle } from "#web/frame/title.tsx";
import { strings } from "#web/strings.ts";
import { EmptyState, ErrorState, lazyPart, useAfter } from "#web/ui/index.ts";
import { DeclinedPart } from "./declined-part.tsx";
import { RenameDialog } from "./rename-dialog.tsx";
import { SharedTable } from "./shared-table.tsx";
import classes from "./shared-with-me.module.css";
import { useDecline } from "./use-decline.ts";

const Preview = lazyPart(async () => (await import("#web/features/preview/index.ts")).Preview);
const ShareDialog = lazyPart(async () => (await import("#web/features/sharing/index.ts")).ShareDialog);

const t = strings.shared;

/** `/shared`: files and folders of others that one was let into, each as the beginning of a way. */
export function SharedPage() {
  const { preview } = useSearch({ from: "/app/shared" });
  const navigate = useNavigate({ from: "/shared" });
  const spaces = useSpaces();
  const { data, error, refetch, isPending } = useQuery(query("files.sharedWithMe", {}));
  const [asked, setAsked] = useState<Node | null>(null);
  const [renaming, setRenaming] = useState<{ readonly nodeId: number; readonly name: string } | null>(null);
  const { decline } = useDecline();
  const declined = useQuery(query("mounts.declined", {}));
  const hasDeclined = (declined.data?.items.length ?? 0) > 0;
  const items = data?.items ?? [];
  const show = (id: number | undefined): void => void navigate({ search: { preview: id } });
  return (
    <div className={classes.page}>
      <FrameTitle title={t.title}>
        <PlacesMenu name={t.title} hereId={null} spaces={spaces ?? []} />
      </FrameTitle>
      {error && <ErrorState error={error} onRetry={() => void refetch()} />}
      {isPending && <Waiting />}
      {data && items.length === 0 && (
        <EmptyState
          icon={IconUserShare}
          title={hasDeclined ? t.allDeclined : t.empty}
          hint={hasDeclined ? t.allDeclinedHint : t.emptyHint}
        />
      )}
      {items.length > 0 && (
        <SharedTable
          items={items}
          onAccess={setAsked}
          onRename={(node, name) => setRenaming({ nodeId: node.id, name })}
          onDecline={(node, name) => decline.mutate({ nodeId: node.id, name })}
        />
      )}
      <DeclinedPart items={declined.data?.items ?? []} />
      {renaming && <RenameDialog {...renaming} onClose={() => setRenaming(null)} />}
      <Suspense>
        {preview !== undefined && (
          <Preview
            nodes={items.map(({ node }) => node)}
            nodeId={preview}
            onNavigate={show}
            onClose={() => show(undefined)}
          />
        )}
        {asked && <ShareDialog node={asked} opened onClose={() => setAsked(null)} />}
      </Suspense>
    </div>
  );
}

function Waiting() {
  const late = useAfter(true);
  return (
    <div className={classes.waiting} aria-busy="true">
      {late && [0, 1, 2, 3].map((at) => <Skeleton key={at} height={28} animate={false} />)}
    </div>
  );
}
