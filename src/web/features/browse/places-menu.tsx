import { Menu, Title, UnstyledButton } from "@mantine/core";
import { IconCheck, IconChevronDown } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { query } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import classes from "./breadcrumbs.module.css";
import type { LabelledSpace } from "./spaces.ts";

/** The heading of a place, and the way to the other ones; `hereId` is its root, null what others share, below zero an external place. */
export function PlacesMenu(props: {
  readonly name: string;
  readonly hereId: number | null;
  readonly spaces: readonly LabelledSpace[];
}) {
  const navigate = useNavigate();
  const { data } = useQuery(query("places.list", {}));
  const places = data?.places.filter(({ canRead }) => canRead) ?? [];
  const check = (isHere: boolean) => (isHere ? <IconCheck size={16} /> : null);
  return (
    <Menu position="bottom-start">
      <div className={classes.root}>
        <Title order={1} size="h3" className={classes.here} aria-current="page">
          {props.name}
        </Title>
        <Menu.Target>
          <UnstyledButton className={classes.switch} aria-label={strings.browse.places}>
            <IconChevronDown size={16} aria-hidden="true" />
          </UnstyledButton>
        </Menu.Target>
      </div>
      <Menu.Dropdown>
        <Menu.Label>{strings.browse.places}</Menu.Label>
        {props.spaces.map((space) => (
          <Menu.Item
            key={space.id}
            rightSection={check(space.rootId === props.hereId)}
            onClick={() => void navigate({ to: "/files/$folderId", params: { folderId: String(space.rootId) } })}
          >
            {space.label}
          </Menu.Item>
        ))}
        {places.map((place) => (
          <Menu.Item
            key={-place.id}
            rightSection={check(-place.id === props.hereId)}
            onClick={() => void navigate({ to: "/places/$placeId", params: { placeId: String(place.id) } })}
          >
            {place.name}
          </Menu.Item>
        ))}
        <Menu.Item rightSection={check(props.hereId === null)} onClick={() => void navigate({ to: "/shared" })}>
          {strings.shared.title}
        </Menu.Item>
        {(data?.canManage === true || places.length > 0) && (
          <Menu.Item onClick={() => void navigate({ to: "/places" })}>{strings.browse.externalPlaces}</Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
