import { Button, Modal, Radio, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import type { CertificateFormat, CertifiedDevice } from "#contract/security/certificates";
import { call, invalidate } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { ErrorLine } from "#web/ui/index.ts";
import { FetchCertificate } from "./fetch-certificate.tsx";
import { formatFor, suggestDeviceName } from "./platform.ts";

const t = strings.devices.issue;
const formats = ["apple-profile", "pkcs12", "compatible"] as const satisfies readonly CertificateFormat[];

interface Wish {
  readonly deviceName: string;
  readonly format: CertificateFormat;
}

/** Asks for which device, then hands out the certificate once. `renewed` is a device that has one already. */
export function IssueDialog(props: { readonly renewed: CertifiedDevice | null; onClose(): void }) {
  const { renewed } = props;
  const client = useQueryClient();
  const issue = useMutation({
    mutationFn: ({ deviceName, format }: Wish) =>
      renewed
        ? call("certificates.renew", { deviceId: renewed.id, format })
        : call("certificates.issue", { deviceName, format }),
    onSuccess: () => invalidate(client, "certificates.list"),
  });
  const issued = issue.data;
  const title = issued ? t.ready(issued.device.name) : renewed ? t.renewTitle(renewed.name) : t.title;
  return (
    <Modal
      opened
      onClose={props.onClose}
      size={issued ? "lg" : "md"}
      title={title}
      closeOnClickOutside={!issued}
      closeOnEscape={!issued}
      closeButtonProps={{ "aria-label": strings.common.close }}
    >
      {issued?.download ? (
        <FetchCertificate
          download={issued.download}
          format={issue.variables?.format ?? "pkcs12"}
          onClose={props.onClose}
        />
      ) : (
        <WishForm
          renewed={renewed}
          isBusy={issue.isPending}
          error={issue.error}
          onWish={(wish) => issue.mutate(wish)}
        />
      )}
    </Modal>
  );
}

function WishForm(props: {
  readonly renewed: CertifiedDevice | null;
  readonly isBusy: boolean;
  readonly error: unknown;
  onWish(wish: Wish): void;
}) {
  const [deviceName, setDeviceName] = useState(() => suggestDeviceName(navigator.userAgent));
  const [format, setFormat] = useState<CertificateFormat>(() => formatFor(navigator.userAgent));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (props.renewed || deviceName.trim() !== "") props.onWish({ deviceName: deviceName.trim(), format });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        {!props.renewed && (
          <TextInput
            label={t.name}
            placeholder={t.namePlaceholder}
            maxLength={64}
            data-autofocus
            value={deviceName}
            error={deviceName.trim() === "" && t.nameMissing}
            onChange={(event) => setDeviceName(event.currentTarget.value)}
          />
        )}
        <Radio.Group
          label={t.kind}
          value={format}
          onChange={(value) => setFormat(formats.find((known) => known === value) ?? "pkcs12")}
        >
          <Stack gap="sm" mt="xs">
            {formats.map((value) => (
              <Radio key={value} value={value} label={t.kinds[value].label} description={t.kinds[value].hint} />
            ))}
          </Stack>
        </Radio.Group>
        <ErrorLine error={props.error} />
        <Button type="submit" loading={props.isBusy}>
          {t.create}
        </Button>
      </Stack>
    </form>
  );
}
