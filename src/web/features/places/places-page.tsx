import { ActionIcon, Button, Menu, Skeleton } from "@mantine/core";
import { IconCloudNetwork, IconDots, IconPencil, IconPlugConnectedX, IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Place } from "#contract/apps/files/places";
import { call, invalidate, query } from "#web/client.ts";
import { FrameTitle } from "#web/frame/title.tsx";
import { places as t } from "#web/strings/places.ts";
import { ConfirmName } from "#web/ui/confirm-name.tsx";
import { EmptyState, ErrorState, notifyDone, Page, useAfter } from "#web/ui/index.ts";
import { SettingsList, SettingsRow, SettingsSection } from "#web/ui/settings.tsx";
import { CarriesPart } from "./carries-part.tsx";
import { PlaceDrawer } from "./place-drawer.tsx";
import { PlaceStatus, seenText } from "./place-state.tsx";
import classes from "./places.module.css";

type Asked = { readonly kind: "add" } | { readonly kind: "change" | "forget"; readonly place: Place };

/** `/places`: folders on other servers, and how they are; whoever looks after the server adds and changes them here. */
export function PlacesPage() {
  const { data, error, refetch, isPending } = useQuery(query("places.list", {}));
  const [asked, setAsked] = useState<Asked | null>(null);
  const late = useAfter(isPending);
  const add = data?.canManage === true && data.available && (
    <Button leftSection={<IconPlus size={16} aria-hidden="true" />} onClick={() => setAsked({ kind: "add" })}>
      {t.add}
    </Button>
  );
  const isEmpty = data?.places.length === 0;
  return (
    <Page>
      <FrameTitle title={t.title} />
      {error && !data && <ErrorState error={error} onRetry={() => void refetch()} />}
      {isPending && late && <Skeleton height={120} animate={false} />}
      {data && (
        <SettingsSection title={t.title} hint={data.unavailableReason ?? t.hint} action={!isEmpty && add}>
          {isEmpty ? (
            <EmptyState
              icon={IconCloudNetwork}
              title={t.none}
              hint={data.canManage ? t.noneHint : t.noneForYou}
              action={add}
            />
          ) : (
            <SettingsList>
              {data.places.map((place) => (
                <PlaceRow key={place.id} place={place} manages={data.canManage} onAsk={setAsked} />
              ))}
            </SettingsList>
          )}
        </SettingsSection>
      )}
      <CarriesPart />
      {asked?.kind === "add" && <PlaceDrawer place={null} onClose={() => setAsked(null)} />}
      {asked?.kind === "change" && <PlaceDrawer place={asked.place} onClose={() => setAsked(null)} />}
      {asked?.kind === "forget" && <ForgetDialog place={asked.place} onClose={() => setAsked(null)} />}
    </Page>
  );
}

function PlaceRow(props: { readonly place: Place; readonly manages: boolean; onAsk(asked: Asked): void }) {
  const { place, manages, onAsk } = props;
  const facts = [t.kinds[place.kind], place.readOnly ? t.readOnly : "", seenText(place)];
  return (
    <SettingsRow
      icon={IconCloudNetwork}
      name={place.name}
      mark={<PlaceStatus place={place} />}
      facts={place.canRead ? facts : [...facts, t.closedToYou]}
      action={
        <div className={classes.rowActions}>
          {place.canRead && (
            <Button
              variant="default"
              aria-label={t.open(place.name)}
              renderRoot={(root) => <Link to="/places/$placeId" params={{ placeId: String(place.id) }} {...root} />}
            >
              {t.openShort}
            </Button>
          )}
          {manages && (
            <Menu position="bottom-end">
              <Menu.Target>
                <ActionIcon size={44} aria-label={t.actionsOf(place.name)}>
                  <IconDots size={20} stroke={1.5} aria-hidden="true" />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item
                  leftSection={<IconPencil size={16} aria-hidden="true" />}
                  onClick={() => onAsk({ kind: "change", place })}
                >
                  {t.change}
                </Menu.Item>
                <Menu.Item
                  leftSection={<IconPlugConnectedX size={16} aria-hidden="true" />}
                  onClick={() => onAsk({ kind: "forget", place })}
                >
                  {t.forget}
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
          )}
        </div>
      }
    />
  );
}

function ForgetDialog({ place, onClose }: { readonly place: Place; onClose(): void }) {
  const client = useQueryClient();
  const forget = useMutation({
    mutationFn: () => call("places.forget", { id: place.id }),
    onSuccess: async () => {
      notifyDone(t.forgotten(place.name));
      await invalidate(client, "places.list");
      onClose();
    },
  });
  return (
    <ConfirmName
      title={t.forgetOf(place.name)}
      text={t.forgetText}
      name={place.name}
      action={t.forget}
      isBusy={forget.isPending}
      error={forget.error}
      onConfirm={() => forget.mutate()}
      onClose={onClose}
    />
  );
}
