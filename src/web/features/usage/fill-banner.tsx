import { Button } from "@mantine/core";
import { IconDatabaseExclamation } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useLocation } from "@tanstack/react-router";
import { useState } from "react";
import type { Space } from "#contract/apps/files/browse";
import { query } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { usage } from "#web/strings/usage.ts";
import { formatBytes } from "#web/ui/index.ts";
import classes from "./fill-banner.module.css";

const t = usage.banner;
const storageKey = "hearth.fill-banner-later";

/** Says which of the caller's places runs out of room, until it is put off; the next level says it again. */
export function FillBanner() {
  const { data } = useQuery(query("files.spaces", {}));
  const path = useLocation({ select: (location) => location.pathname });
  const [later, setLater] = useState(() => localStorage.getItem(storageKey) ?? "");
  const space = data?.spaces.find((each) => each.canWrite && each.fill !== "fine" && !later.includes(markOf(each)));
  if (!space || path === "/usage" || path.startsWith("/trash")) return null;
  const name = space.kind === "home" ? strings.rooms.home.myFiles : space.name;
  const putOff = (): void => {
    const next = `${later} ${markOf(space)}`.slice(-keptLength);
    localStorage.setItem(storageKey, next);
    setLater(next);
  };
  return (
    <aside className={classes.banner} aria-label={t.label} data-level={space.fill}>
      <IconDatabaseExclamation size={20} stroke={1.5} aria-hidden="true" />
      <p className={classes.text}>
        {space.fill === "full" ? t.full(name) : t.soon(name, formatBytes(space.freeBytes ?? 0))}
      </p>
      <Button size="compact-sm" variant="default" component={Link} to="/usage">
        {t.show}
      </Button>
      <Button size="compact-sm" variant="subtle" color="gray" onClick={putOff}>
        {t.later}
      </Button>
    </aside>
  );
}

const keptLength = 1_000;
const markOf = ({ id, fill, quotaBytes }: Space) => `[${id} ${fill} ${quotaBytes}]`;
