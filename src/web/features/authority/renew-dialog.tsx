import { Button, FileInput, Modal, PasswordInput, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { call, invalidate } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { authority } from "#web/strings/authority.ts";
import { ErrorLine, notifyDone } from "#web/ui/index.ts";

const t = authority.renewal;
/** A key in PEM is far smaller; whatever is larger is the wrong file. */
const maxLength = 16_384;

/** Signs the authority anew with the root key from its stick. */
export function RenewDialog({ onClose }: { onClose(): void }) {
  const client = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const [passphrase, setPassphrase] = useState("");
  const renew = useMutation({
    mutationFn: async (key: File) =>
      call("certificates.renewAuthority", { rootKeyPem: await key.slice(0, maxLength).text(), passphrase }),
    onSuccess: async () => {
      notifyDone(t.done);
      await invalidate(client, "certificates.status");
      onClose();
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (file) renew.mutate(file);
  };
  return (
    <Modal opened onClose={onClose} title={t.title} closeButtonProps={{ "aria-label": strings.common.close }}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <Text size="sm">{t.hint}</Text>
          <FileInput label={t.file} placeholder={t.choose} value={file} onChange={setFile} data-autofocus />
          <PasswordInput
            label={t.passphrase}
            autoComplete="off"
            value={passphrase}
            onChange={(event) => setPassphrase(event.currentTarget.value)}
          />
          <ErrorLine error={renew.error} />
          <Button type="submit" loading={renew.isPending} disabled={file === null || passphrase === ""}>
            {t.go}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
