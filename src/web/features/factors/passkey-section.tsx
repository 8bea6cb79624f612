import { Button, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { invalidate, type Output } from "#web/client.ts";
import { canUsePasskeys } from "#web/features/proof/index.ts";
import { strings } from "#web/strings.ts";
import { SettingsList, SettingsSection } from "#web/ui/settings.tsx";
import { PasskeyDialog } from "./passkey-dialog.tsx";
import { PasskeyRow } from "./passkey-row.tsx";

const t = strings.security.passkeys;

/** Why passkeys cannot be added here, and what to do; null when they can. */
export function whyNoPasskeys(status: Output<"factors.status">): string | null {
  const { possible, reason } = status.passkeysPossible;
  if (!possible) return reason ?? strings.proof.passkeys.address;
  if (canUsePasskeys()) return null;
  const isMissing = window.isSecureContext && !("PublicKeyCredential" in window);
  return isMissing ? t.notSupported : strings.proof.passkeys.address;
}

export function PasskeySection({ status }: { readonly status: Output<"factors.status"> }) {
  const client = useQueryClient();
  const [isAdding, setIsAdding] = useState(false);
  const why = whyNoPasskeys(status);
  const isLast = status.secondFactorNeeded && status.passkeys.length === 1 && status.totpAddedAtMs === null;
  return (
    <SettingsSection
      title={t.title}
      hint={t.hint}
      action={
        why === null && (
          <Button variant="default" onClick={() => setIsAdding(true)}>
            {t.add}
          </Button>
        )
      }
    >
      {why !== null && (
        <Text size="sm" c="var(--hearth-soon)">
          {t.notPossible}. {why}
        </Text>
      )}
      {why === null && status.passkeys.length === 0 && (
        <Text size="sm" c="dimmed">
          {t.none}
        </Text>
      )}
      <SettingsList>
        {status.passkeys.map((passkey) => (
          <PasskeyRow key={passkey.id} passkey={passkey} isLast={isLast} />
        ))}
      </SettingsList>
      {isAdding && (
        <PasskeyDialog
          taken={status.passkeys.map(({ name }) => name)}
          onClose={() => {
            setIsAdding(false);
            void invalidate(client, "factors.status", "session.current", "session.list", "notices.list");
          }}
        />
      )}
    </SettingsSection>
  );
}
