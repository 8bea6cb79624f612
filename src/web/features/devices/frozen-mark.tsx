import { Anchor } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { strings } from "#web/strings.ts";
import { Status } from "#web/ui/index.ts";
import classes from "./devices.module.css";

const t = strings.account.apps;

/** Beside the name of an app password that the guard against ransomware refuses, with the way to what happened. */
export function FrozenMark({ label }: { readonly label: string }) {
  return (
    <span className={classes.frozen}>
      <Status level="now">{t.frozen}</Status>
      <Anchor size="sm" component={Link} to="/ransomware" aria-label={t.frozenWhyLabel(label)}>
        {t.frozenWhy}
      </Anchor>
    </span>
  );
}
