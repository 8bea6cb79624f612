import { ActionIcon, Menu, Title } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconArrowLeft, IconChevronRight, IconDots } from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";
import { Fragment, useState } from "react";
import { strings } from "#web/strings.ts";
import { sizes } from "#web/theme.ts";
import classes from "./breadcrumbs.module.css";
import { droppedIds, isNodesDrag } from "./drag.ts";
import { PlacesMenu } from "./places-menu.tsx";
import type { Crumb, LabelledSpace } from "./spaces.ts";
import { carryOver, type FilesSearch } from "./url-state.ts";

const shownCrumbs = 4;

interface Props {
  readonly crumbs: readonly Crumb[];
  /** Undefined while they load. */
  readonly spaces: readonly LabelledSpace[] | undefined;
  readonly search: FilesSearch;
  readonly onDropNodes: (ids: readonly number[], target: Crumb) => void;
}

/** The way to the folder; every step is a link and a place to drop on. A phone shows the folder and the way back. */
export function FolderCrumbs(props: Props) {
  const { crumbs, search } = props;
  const phone = useMediaQuery(`(max-width: ${sizes.phoneBelowPx - 0.02}px)`, undefined, {
    getInitialValueInEffect: false,
  });
  const here = crumbs.at(-1);
  const parent = crumbs.at(-2);
  if (!here) return null;
  // The way into what others share begins where one was let in, and not at a space of one's own.
  const isShared = props.spaces?.every((space) => space.rootId !== crumbs[0]?.id) ?? false;
  const hidden = crumbs.length > shownCrumbs ? crumbs.slice(1, crumbs.length - 2) : [];
  const shown = crumbs.slice(0, -1).filter((crumb) => !hidden.includes(crumb));
  if (phone) {
    return (
      <div className={classes.phone}>
        {(parent || isShared) && (
          <ActionIcon
            size="lg"
            aria-label={strings.common.back}
            renderRoot={(root) =>
              parent ? (
                <Link
                  {...root}
                  to="/files/$folderId"
                  params={{ folderId: String(parent.id) }}
                  search={{ ...carryOver(search), at: here.id }}
                />
              ) : (
                <Link {...root} to="/shared" />
              )
            }
          >
            <IconArrowLeft size={20} />
          </ActionIcon>
        )}
        <Here name={here.name} id={here.id} isPlace={!parent && !isShared} spaces={props.spaces} />
      </div>
    );
  }
  return (
    <nav aria-label={strings.browse.path} className={classes.crumbs}>
      {isShared && (
        <>
          <Link to="/shared" className={classes.step} draggable={false}>
            {strings.shared.title}
          </Link>
          <IconChevronRight size={14} className={classes.arrow} aria-hidden="true" />
        </>
      )}
      {shown.map((crumb, at) => (
        <Fragment key={crumb.id}>
          <Step {...props} crumb={crumb} />
          <IconChevronRight size={14} className={classes.arrow} aria-hidden="true" />
          {at === 0 && hidden.length > 0 && (
            <>
              <Hidden hidden={hidden} search={search} />
              <IconChevronRight size={14} className={classes.arrow} aria-hidden="true" />
            </>
          )}
        </Fragment>
      ))}
      <Here name={here.name} id={here.id} isPlace={!parent && !isShared} spaces={props.spaces} />
    </nav>
  );
}

function Step(props: Props & { readonly crumb: Crumb }) {
  const { crumb, search, onDropNodes } = props;
  const [over, setOver] = useState(false);
  return (
    <Link
      to="/files/$folderId"
      params={{ folderId: String(crumb.id) }}
      search={carryOver(search)}
      className={classes.step}
      data-drop={over || undefined}
      draggable={false}
      onDragOver={(event) => {
        if (!isNodesDrag(event)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        setOver(false);
        const ids = droppedIds(event);
        if (ids.length === 0) return;
        event.preventDefault();
        event.stopPropagation();
        onDropNodes(ids, crumb);
      }}
    >
      {crumb.name}
    </Link>
  );
}

function Hidden(props: { readonly hidden: readonly Crumb[]; readonly search: FilesSearch }) {
  const navigate = useNavigate();
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <ActionIcon aria-label={strings.common.more} size="sm">
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {props.hidden.map((crumb) => (
          <Menu.Item
            key={crumb.id}
            onClick={() =>
              void navigate({
                to: "/files/$folderId",
                params: { folderId: String(crumb.id) },
                search: carryOver(props.search),
              })
            }
          >
            {crumb.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** The folder itself, as the page's heading; a place leads to the others. */
function Here(props: {
  readonly name: string;
  readonly id: number;
  readonly isPlace: boolean;
  readonly spaces: readonly LabelledSpace[] | undefined;
}) {
  if (props.isPlace) return <PlacesMenu name={props.name} hereId={props.id} spaces={props.spaces ?? []} />;
  return (
    <Title order={1} size="h3" className={classes.here} aria-current="page">
      {props.name}
    </Title>
  );
}
