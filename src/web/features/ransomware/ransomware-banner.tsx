import { Button } from "@mantine/core";
import { IconShieldExclamation } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useLocation } from "@tanstack/react-router";
import { query } from "#web/client.ts";
import { ransomwareBanner } from "#web/strings/ransomware-banner.ts";
import classes from "./banner.module.css";

const t = ransomwareBanner;
const askEveryMs = 30_000;

/** A device or space that was stopped, above every page of whom it concerns, until somebody has let it go on. */
export function RansomwareBanner() {
  const { data } = useQuery({ ...query("ransomware.status", {}), refetchInterval: askEveryMs });
  const path = useLocation({ select: (location) => location.pathname });
  const open = data?.incidents.find(({ state }) => state === "open");
  if (!open || path.endsWith("/ransomware")) return null;
  const { device } = open;
  return (
    <aside className={classes.banner} aria-label={t.label}>
      <IconShieldExclamation size={20} stroke={1.5} aria-hidden="true" />
      <p className={classes.text}>{device.kind === "disk" ? t.textDisk(device.label) : t.text(device.label)}</p>
      <Button size="compact-sm" color="red" variant="light" component={Link} to="/ransomware">
        {t.show}
      </Button>
    </aside>
  );
}
