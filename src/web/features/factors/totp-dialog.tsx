import { Modal } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { invalidate } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { notifyDone } from "#web/ui/index.ts";
import { RecoveryCodes } from "./recovery-codes.tsx";
import { TotpForm } from "./totp-form.tsx";
import type { TotpSetUp } from "./use-totp.ts";

const t = strings.security;

/** Scan, confirm, and keep the recovery codes when they come with it. */
export function TotpDialog({ setUp, onClose }: { readonly setUp: TotpSetUp; onClose(): void }) {
  const client = useQueryClient();
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const close = (): void => {
    void invalidate(client, "factors.status", "session.current", "session.list", "notices.list");
    onClose();
  };
  return (
    <Modal
      opened
      onClose={close}
      size="lg"
      title={codes ? t.recovery.dialog : t.totp.dialog}
      closeOnClickOutside={false}
      closeOnEscape={codes === null}
      withCloseButton={codes === null}
      closeButtonProps={{ "aria-label": strings.common.close }}
    >
      {codes ? (
        <RecoveryCodes codes={codes} onKept={close} />
      ) : (
        <TotpForm
          setUp={setUp}
          onDone={(recoveryCodes) => {
            notifyDone(recoveryCodes ? t.totp.doneFirst : t.totp.done);
            if (recoveryCodes) setCodes(recoveryCodes);
            else close();
          }}
        />
      )}
    </Modal>
  );
}
