import { Button, Skeleton, Text } from "@mantine/core";
import { IconCheck, IconCopyOff, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { query, type Output } from "#web/client.ts";
import { photos as t } from "#web/strings/photos.ts";
import { EmptyState, ErrorState, formatBytes, useAfter } from "#web/ui/index.ts";
import { type PhotoActions, usePhotoActions } from "./actions.ts";
import classes from "./photos.module.css";
import { photoUrls } from "./urls.ts";

type Group = Output<"photos.duplicates">["groups"][number];

/** Pictures that look the same: the best stays, the others go to the trash, and come back from there. */
export function DuplicatesPage() {
  const { data, error, isPending, refetch } = useQuery({ ...query("photos.duplicates", {}), staleTime: 60_000 });
  const actions = usePhotoActions();
  const late = useAfter(isPending);
  const d = t.duplicates;
  if (error && !data) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) return late ? <Skeleton m="md" height={240} /> : null;
  if (data.groups.length === 0) return <EmptyState icon={IconCopyOff} title={d.none} hint={d.noneHint} />;
  const others = data.groups.flatMap((group) => group.slice(1).filter(({ canWrite }) => canWrite));
  return (
    <div className={classes.scrolls}>
      <div className={classes.duplicatesHead}>
        <div>
          <Text fw={550}>{d.groups(data.total)}</Text>
          <Text size="sm" c="dimmed">
            {d.intro}
          </Text>
        </div>
        <Button
          variant="default"
          leftSection={<IconTrash size={16} />}
          disabled={others.length === 0}
          onClick={() => void actions.trash(others.map(({ itemId }) => itemId))}
        >
          {d.cleanAll(data.groups.length)}
        </Button>
      </div>
      {data.groups.map((group) => (
        <OneGroup key={group.map(({ itemId }) => itemId).join()} group={group} actions={actions} />
      ))}
    </div>
  );
}

function OneGroup({ group, actions }: { readonly group: Group; readonly actions: PhotoActions }) {
  const [kept, setKept] = useState<ReadonlySet<number>>(new Set(group.slice(0, 1).map(({ itemId }) => itemId)));
  const d = t.duplicates;
  const dropped = group.filter(({ itemId, canWrite }) => canWrite && !kept.has(itemId));
  const toggle = (itemId: number): void => {
    const next = new Set(kept);
    if (!next.delete(itemId)) next.add(itemId);
    setKept(next);
  };
  return (
    <section className={classes.group} aria-label={group[0]?.name ?? ""}>
      <div className={classes.groupRow}>
        {group.map((one) => {
          const isKept = kept.has(one.itemId) || !one.canWrite;
          return (
            <button
              key={one.itemId}
              type="button"
              className={classes.twin}
              aria-pressed={isKept}
              disabled={!one.canWrite}
              onClick={() => toggle(one.itemId)}
            >
              <img src={photoUrls.thumb({ id: one.itemId, revision: one.revision }, 480)} alt="" />
              <span className={classes.verdict} data-kept={isKept || undefined}>
                {isKept ? <IconCheck size={14} aria-hidden="true" /> : <IconTrash size={14} aria-hidden="true" />}
                {isKept ? d.keep : d.drop}
              </span>
              <span className={classes.albumName} title={one.name}>
                {one.name}
              </span>
              <span className={classes.dim}>
                {[one.width > 0 ? `${one.width} × ${one.height}` : null, formatBytes(one.sizeBytes)]
                  .filter((part) => part !== null)
                  .join(" · ")}
              </span>
            </button>
          );
        })}
      </div>
      <Button
        variant="default"
        size="xs"
        disabled={dropped.length === 0}
        onClick={() => void actions.trash(dropped.map(({ itemId }) => itemId))}
      >
        {d.clean(dropped.length)}
      </Button>
    </section>
  );
}
