import { Alert } from "@mantine/core";
import { IconAlertTriangle, IconInfoCircle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { query } from "#web/client.ts";
import classes from "./guard.module.css";

const colors = { info: "gray", warning: "yellow", error: "red" } as const;

/** What is wrong with the guard itself, as that it is switched off. */
export function GuardNotices() {
  const { data } = useQuery(query("guard.findings", {}));
  const notices = (data?.notices ?? []).filter(({ severity }) => severity !== "info");
  if (notices.length === 0) return null;
  return (
    <div className={classes.notices}>
      {notices.map(({ id, severity, message }) => {
        const Shape = severity === "info" ? IconInfoCircle : IconAlertTriangle;
        return (
          <Alert
            key={id}
            color={colors[severity]}
            icon={<Shape size={18} stroke={1.75} aria-hidden="true" />}
            role="status"
          >
            {message}
          </Alert>
        );
      })}
    </div>
  );
}
