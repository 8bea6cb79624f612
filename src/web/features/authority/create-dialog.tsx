import { Button, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import type { Authority } from "#contract/security/certificates";
import { call, invalidate } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { authority as t } from "#web/strings/authority.ts";
import { ErrorLine } from "#web/ui/index.ts";
import { ConfirmName } from "#web/ui/confirm-name.tsx";
import { KeepRootKey } from "./keep-root-key.tsx";

/** Makes the authority, or another in place of `replaced`; ends only when the root key is kept. */
export function CreateDialog(props: { readonly replaced: Authority | null; onClose(): void }) {
  const { replaced, onClose } = props;
  const client = useQueryClient();
  const [name, setName] = useState("Hearth");
  const create = useMutation({
    mutationFn: () =>
      call("certificates.createAuthority", {
        name: replaced?.name ?? name.trim(),
        replace: replaced !== null,
      }),
    onSuccess: () => invalidate(client, "certificates.status", "certificates.list"),
  });
  if (replaced && !create.data) {
    return (
      <ConfirmName
        title={t.replaceTitle}
        text={t.replaceText}
        name={replaced.name}
        action={t.replaceAction}
        isBusy={create.isPending}
        error={create.error}
        onConfirm={() => create.mutate()}
        onClose={onClose}
      />
    );
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (name.trim() !== "") create.mutate();
  };
  const made = create.data;
  return (
    <Modal
      opened
      onClose={onClose}
      size={made ? "lg" : "md"}
      title={made ? t.keep.title : t.createTitle}
      withCloseButton={!made}
      closeOnClickOutside={!made}
      closeOnEscape={!made}
      closeButtonProps={{ "aria-label": strings.common.close }}
    >
      {made ? (
        <KeepRootKey made={made} onClose={onClose} />
      ) : (
        <form onSubmit={submit}>
          <Stack gap="md">
            <Text size="sm">{t.createHint}</Text>
            <TextInput
              label={t.name}
              description={t.nameHint}
              maxLength={48}
              data-autofocus
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <ErrorLine error={create.error} />
            <Button type="submit" loading={create.isPending} disabled={name.trim() === ""}>
              {t.create}
            </Button>
          </Stack>
        </form>
      )}
    </Modal>
  );
}
