import { ActionIcon, Anchor, Button, CloseButton, Rating, Text } from "@mantine/core";
import { IconPencil } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import type { Output } from "#web/client.ts";
import { photos as t } from "#web/strings/photos.ts";
import { strings } from "#web/strings.ts";
import { formatBytes, formatDuration } from "#web/ui/index.ts";
import type { PhotoActions } from "./actions.ts";
import { DateDialog } from "./date-dialog.tsx";
import { MapSpot } from "./map-spot.tsx";
import classes from "./viewer.module.css";
import { exposureName, momentName, offsetName } from "./words.ts";

interface Props {
  readonly detail: Output<"photos.detail">;
  readonly actions: PhotoActions;
  onClose(): void;
}

function Line(props: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className={classes.line}>
      <dt>{props.label}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}

/** Everything that is known about a picture. */
export function InfoPanel({ detail, actions, onClose }: Props) {
  const { file, place } = detail;
  const [isDating, setDating] = useState(false);
  const i = t.info;
  const settings = [
    detail.exposureSeconds === null ? null : exposureName(detail.exposureSeconds),
    detail.aperture === null ? null : `f/${Number(detail.aperture.toFixed(1))}`,
    detail.iso === null ? null : `ISO ${detail.iso}`,
    detail.focalLengthMm === null ? null : `${Number(detail.focalLengthMm.toFixed(1))} mm`,
  ].filter((part) => part !== null);
  return (
    <aside className={classes.info} aria-label={i.title} data-no-swipe>
      <div className={classes.infoHead}>
        <Text fw={550}>{i.title}</Text>
        <CloseButton aria-label={strings.common.close} onClick={onClose} />
      </div>
      <dl className={classes.lines}>
        {detail.problem !== null && <Line label={i.problem}>{detail.problem}</Line>}
        {detail.description !== null && <Line label={i.description}>{detail.description}</Line>}
        <Line label={i.taken}>
          <span className={classes.edited}>
            {momentName(detail.takenLocalMs)}
            {file?.canWrite === true && (
              <ActionIcon variant="subtle" color="gray" aria-label={t.date.title} onClick={() => setDating(true)}>
                <IconPencil size={16} />
              </ActionIcon>
            )}
          </span>
          <Text size="xs" c="dimmed">
            {[detail.offsetMinutes === null ? null : i.zone(offsetName(detail.offsetMinutes)), i.from[detail.takenFrom]]
              .filter((part) => part !== null)
              .join(", ")}
          </Text>
        </Line>
        {detail.camera !== null && <Line label={i.camera}>{detail.camera}</Line>}
        {detail.lens !== null && <Line label={i.lens}>{detail.lens}</Line>}
        {settings.length > 0 && <Line label={i.settings}>{settings.join(" · ")}</Line>}
        <Line label={i.size}>
          {[detail.width > 0 ? `${detail.width} × ${detail.height}` : null, formatBytes(detail.sizeBytes)]
            .filter((part) => part !== null)
            .join(" · ")}
        </Line>
        {detail.durationMs !== null && <Line label={i.duration}>{formatDuration(detail.durationMs / 1000)}</Line>}
        {file !== null && (
          <Line label={i.rating}>
            <Rating
              value={detail.rating ?? 0}
              readOnly={!file.canWrite}
              getSymbolLabel={(value) => (value === 0 ? i.noRating : i.stars(value))}
              onChange={(value) => void actions.rate(detail.itemId, value === detail.rating ? null : value)}
            />
          </Line>
        )}
        {place !== null && (
          <Line label={i.place}>
            {[detail.country, `${place.latitude.toFixed(4)}, ${place.longitude.toFixed(4)}`]
              .filter((part) => part !== null)
              .join(" · ")}
            <MapSpot place={place} />
          </Line>
        )}
        <Line label={i.file}>
          <span className={classes.wrap}>{detail.name}</span>
          {file === null && (
            <Text size="xs" c="dimmed">
              {i.viaAlbum}
            </Text>
          )}
          {file !== null && file.folderId !== null && (
            <Anchor
              size="sm"
              display="block"
              renderRoot={(props: Record<string, unknown>) => (
                <Link {...props} to="/files/$folderId" params={{ folderId: String(file.folderId) }} />
              )}
            >
              {file.folderPath === "" ? i.folder : file.folderPath}
            </Anchor>
          )}
        </Line>
        {detail.stack.length > 1 && (
          <Line label={i.stack}>
            {detail.stack
              .filter(({ itemId }) => itemId !== detail.itemId)
              .map(({ itemId, name }) => (
                <Anchor key={itemId} size="sm" display="block" href={`/api/photos/original/${itemId}`} target="_blank">
                  {name}
                </Anchor>
              ))}
          </Line>
        )}
        {detail.albums.length > 0 && (
          <Line label={i.albums}>
            {detail.albums.map(({ id, name }) => (
              <Button
                key={id}
                size="compact-sm"
                variant="default"
                mr={4}
                renderRoot={(props: Record<string, unknown>) => <Link {...props} to="/photos" search={{ album: id }} />}
              >
                {name}
              </Button>
            ))}
          </Line>
        )}
      </dl>
      <DateDialog opened={isDating} ids={[detail.itemId]} actions={actions} onClose={() => setDating(false)} />
    </aside>
  );
}
