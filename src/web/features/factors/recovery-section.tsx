import { Button, Modal, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call, invalidate, type Output } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { formatMoment, notifyError, Status } from "#web/ui/index.ts";
import { SettingsSection } from "#web/ui/settings.tsx";
import classes from "./factors.module.css";
import { RecoveryCodes } from "./recovery-codes.tsx";

const t = strings.security.recovery;
const fewCodes = 3;

export function RecoverySection({ status }: { readonly status: Output<"factors.status"> }) {
  const client = useQueryClient();
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const make = useMutation({
    mutationFn: () => call("recoveryCodes.regenerate", {}),
    onSuccess: ({ recoveryCodes }) => setCodes(recoveryCodes),
    onError: notifyError,
    onSettled: () => invalidate(client, "factors.status"),
  });
  const hasFactor = status.totpAddedAtMs !== null || status.passkeys.length > 0;
  const left = status.recoveryCodesLeft ?? 0;
  const madeAtMs = status.recoveryCodesMadeAtMs;
  return (
    <SettingsSection title={t.title} hint={t.hint}>
      {!hasFactor && (
        <Text size="sm" c="dimmed">
          {t.none}
        </Text>
      )}
      {hasFactor && (
        <div className={classes.state}>
          <Status level={left < fewCodes ? "soon" : "good"}>
            {[t.left(left), madeAtMs === null ? "" : t.made(formatMoment(madeAtMs))].filter(Boolean).join(", ")}
          </Status>
          <Button variant="default" loading={make.isPending} onClick={() => make.mutate()} title={t.regenerateHint}>
            {t.regenerate}
          </Button>
        </div>
      )}
      {codes && (
        <Modal
          opened
          onClose={() => setCodes(null)}
          title={t.dialog}
          withCloseButton={false}
          closeOnClickOutside={false}
          closeOnEscape={false}
        >
          <RecoveryCodes codes={codes} onKept={() => setCodes(null)} />
        </Modal>
      )}
    </SettingsSection>
  );
}
