import { Button, Skeleton, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { IconKey } from "@tabler/icons-react";
import { useState } from "react";
import { call, invalidate, query, type Output } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { ErrorLine, formatWhen, notifyDone, notifyError } from "#web/ui/index.ts";
import classes from "./account.module.css";
import { NewAppPassword } from "./new-app-password.tsx";
import { Section } from "./section.tsx";

const t = strings.account.apps;
type AppPassword = Output<"appPassword.list">["appPasswords"][number];

export function AppPasswords() {
  const client = useQueryClient();
  const list = useQuery(query("appPassword.list", {}));
  const [adding, setAdding] = useState(false);
  const revoke = useMutation({
    mutationFn: (known: AppPassword) => call("appPassword.revoke", { id: known.id }),
    onSuccess: (_, known) => notifyDone(t.revoked(known.label)),
    onError: notifyError,
    onSettled: () => invalidate(client, "appPassword.list"),
  });
  return (
    <Section
      title={t.title}
      hint={t.hint}
      action={
        <Button size="sm" variant="default" onClick={() => setAdding(true)}>
          {t.add}
        </Button>
      }
    >
      <ErrorLine error={list.error} />
      {list.isPending && <Skeleton height={56} />}
      {list.data?.appPasswords.length === 0 && (
        <Text size="sm" c="dimmed">
          {t.none}
        </Text>
      )}
      <ul className={classes.list}>
        {list.data?.appPasswords.map((known) => (
          <li key={known.id} className={classes.item}>
            <IconKey size={20} stroke={1.5} aria-hidden="true" className={classes.icon} />
            <div className={classes.text}>
              <Text size="sm" truncate>
                {known.label}
              </Text>
              <Text size="xs" c="dimmed" className="tabular">
                {t.scopes[known.scope]} · {usedOf(known)}
              </Text>
            </div>
            <Button
              size="compact-sm"
              variant="subtle"
              color="red"
              disabled={revoke.isPending}
              onClick={() => revoke.mutate(known)}
              aria-label={t.revokeLabel(known.label)}
            >
              {t.revoke}
            </Button>
          </li>
        ))}
      </ul>
      {adding && <NewAppPassword onClose={() => setAdding(false)} />}
    </Section>
  );
}

function usedOf(known: AppPassword): string {
  return known.lastUsedAtMs === null
    ? t.neverUsed
    : t.lastUsed(formatWhen(known.lastUsedAtMs, Date.now()), known.lastAddress);
}
