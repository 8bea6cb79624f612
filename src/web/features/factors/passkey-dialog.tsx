import { Button, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { ProofError } from "#web/features/proof/index.ts";
import { strings } from "#web/strings.ts";
import { notifyDone } from "#web/ui/index.ts";
import { suggestPasskeyName } from "./passkey-name.ts";
import { RecoveryCodes } from "./recovery-codes.tsx";
import { useNewPasskey } from "./use-new-passkey.ts";

const t = strings.security.passkeys;

/** Name it, make it, and keep the recovery codes when they come with it. */
export function PasskeyDialog({ taken, onClose }: { readonly taken: readonly string[]; onClose(): void }) {
  const [name, setName] = useState(() => suggestPasskeyName(navigator.userAgent, taken));
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const create = useNewPasskey();
  return (
    <Modal
      opened
      onClose={onClose}
      title={codes ? strings.security.recovery.dialog : t.add}
      closeOnClickOutside={false}
      closeOnEscape={codes === null}
      withCloseButton={codes === null}
      closeButtonProps={{ "aria-label": strings.common.close }}
    >
      {codes ? (
        <RecoveryCodes codes={codes} onKept={onClose} />
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (name.trim() === "") return;
            create.mutate(name.trim(), {
              onSuccess: ({ passkey, recoveryCodes }) => {
                notifyDone(recoveryCodes ? t.addedFirst(passkey.name) : t.added(passkey.name));
                if (recoveryCodes) setCodes(recoveryCodes);
                else onClose();
              },
            });
          }}
        >
          <Stack gap="md">
            <TextInput
              label={t.name}
              description={t.nameHint}
              maxLength={64}
              data-autofocus
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Text size="sm" c="dimmed">
              {t.explain}
            </Text>
            <ProofError error={create.error} waitSeconds={0} />
            <Button type="submit" loading={create.isPending} disabled={name.trim() === ""}>
              {t.create}
            </Button>
          </Stack>
        </form>
      )}
    </Modal>
  );
}
