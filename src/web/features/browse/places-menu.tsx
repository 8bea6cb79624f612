import { Menu, Title, UnstyledButton } from "@mantine/core";
import { IconCheck, IconChevronDown } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { strings } from "#web/strings.ts";
import classes from "./breadcrumbs.module.css";
import type { LabelledSpace } from "./spaces.ts";

/** The heading of a place, and the way to the other ones; `hereId` is its root, null what others share. */
export function PlacesMenu(props: {
  readonly name: string;
  readonly hereId: number | null;
  readonly spaces: readonly LabelledSpace[];
}) {
  const navigate = useNavigate();
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
        <Menu.Item rightSection={check(props.hereId === null)} onClick={() => void navigate({ to: "/shared" })}>
          {strings.shared.title}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
