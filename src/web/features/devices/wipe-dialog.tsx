import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { AppPassword } from "#contract/security/sessions";
import { call, invalidate } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { ConfirmName } from "#web/ui/confirm-name.tsx";
import { notifyDone } from "#web/ui/index.ts";

const t = strings.account.apps.wipe;

/** Before a device is told to delete what it holds: what that does, what it does not, and its name to be typed. */
export function WipeDialog({ known, onClose }: { readonly known: AppPassword; onClose(): void }) {
  const client = useQueryClient();
  const wipe = useMutation({
    mutationFn: () => call("sync.wipe", { appPasswordId: known.id }),
    onSuccess: () => {
      notifyDone(t.asked(known.label));
      onClose();
    },
    onSettled: () => invalidate(client, "appPassword.list", "sync.wipes"),
  });
  return (
    <ConfirmName
      title={t.title(known.label)}
      text={t.text}
      name={known.label}
      action={t.action}
      isBusy={wipe.isPending}
      error={wipe.error}
      onConfirm={() => wipe.mutate()}
      onClose={onClose}
    />
  );
}
