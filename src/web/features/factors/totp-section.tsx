import { Button, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call, invalidate, type Output } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { formatMoment, notifyDone, notifyError, Status } from "#web/ui/index.ts";
import { SettingsSection } from "#web/ui/settings.tsx";
import classes from "./factors.module.css";
import { TotpDialog } from "./totp-dialog.tsx";
import { useTotpSetUp } from "./use-totp.ts";

const t = strings.security.totp;

export function TotpSection({ status }: { readonly status: Output<"factors.status"> }) {
  const client = useQueryClient();
  const [isOpen, setIsOpen] = useState(false);
  const setUp = useTotpSetUp();
  const remove = useMutation({
    mutationFn: () => call("totp.remove", {}),
    onSuccess: () => notifyDone(t.removed),
    onError: notifyError,
    onSettled: () => invalidate(client, "factors.status", "notices.list"),
  });
  const addedAtMs = status.totpAddedAtMs;
  const isLast = addedAtMs !== null && status.passkeys.length === 0 && status.secondFactorNeeded;
  return (
    <SettingsSection title={t.title} hint={t.hint}>
      <div className={classes.state}>
        {addedAtMs === null ? (
          <Text size="sm" c="dimmed">
            {t.off}
          </Text>
        ) : (
          <Status level="good">{t.on(formatMoment(addedAtMs))}</Status>
        )}
        {addedAtMs === null ? (
          <Button
            variant="default"
            loading={setUp.begin.isPending}
            onClick={() => setUp.begin.mutate(undefined, { onSuccess: () => setIsOpen(true), onError: notifyError })}
            aria-label={t.dialog}
          >
            {t.setUp}
          </Button>
        ) : (
          <Button
            variant="subtle"
            color="red"
            disabled={isLast}
            loading={remove.isPending}
            onClick={() => remove.mutate()}
            aria-label={t.removeLabel}
          >
            {t.remove}
          </Button>
        )}
      </div>
      {isLast && (
        <Text size="sm" c="dimmed">
          {t.lastNeeded}
        </Text>
      )}
      {isOpen && <TotpDialog setUp={setUp} onClose={() => setIsOpen(false)} />}
    </SettingsSection>
  );
}
