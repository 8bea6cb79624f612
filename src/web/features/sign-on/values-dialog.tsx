import { Button, Modal, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { call } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { signOn } from "#web/strings/signOn.ts";
import { ErrorLine } from "#web/ui/index.ts";
import type { Application } from "./application-section.tsx";
import { CopyValues, OnceLine } from "./copy-values.tsx";

const t = signOn.values;

interface ValuesProps {
  readonly client: Application;
  readonly issuer: string;
  /** Just made, and shown nowhere again; null when there is none to show. */
  readonly secret: string | null;
  onClose(): void;
}

/** What a service has to be told to log people in here. */
export function Values({ client, issuer, secret, onClose }: ValuesProps) {
  const scopes = ["openid", "profile", "groups", ...(client.offlineAccess ? ["offline_access"] : [])].join(" ");
  return (
    <Stack gap="md">
      <Text size="sm">{t.hint}</Text>
      <CopyValues
        values={[
          { label: t.issuer, value: issuer },
          { label: t.discovery, value: `${issuer}/.well-known/openid-configuration` },
          { label: t.clientId, value: client.id },
          ...(secret === null ? [] : [{ label: t.secret, value: secret }]),
          { label: t.scopes, value: scopes },
        ]}
      />
      {secret !== null && <OnceLine>{t.once}</OnceLine>}
      <Button onClick={onClose}>{t.done}</Button>
    </Stack>
  );
}

export function ValuesDialog(props: ValuesProps) {
  return (
    <Modal
      opened
      onClose={props.onClose}
      size="lg"
      title={t.title(props.client.name)}
      closeOnClickOutside={props.secret === null}
      closeOnEscape={props.secret === null}
      closeButtonProps={{ "aria-label": strings.common.close }}
    >
      <Values {...props} />
    </Modal>
  );
}

/** Asks first: the old secret ends with the new one. */
export function SecretDialog(props: Omit<ValuesProps, "secret">) {
  const { client, onClose } = props;
  const renew = useMutation({ mutationFn: () => call("oidcClient.renewSecret", { id: client.id }) });
  if (renew.data) return <ValuesDialog {...props} secret={renew.data.secret} />;
  return (
    <Modal
      opened
      onClose={onClose}
      title={t.newSecret(client.name)}
      closeButtonProps={{ "aria-label": strings.common.close }}
    >
      <Stack gap="md">
        <Text size="sm">{t.newSecretHint}</Text>
        <ErrorLine error={renew.error} />
        <Button loading={renew.isPending} onClick={() => renew.mutate()}>
          {t.makeSecret}
        </Button>
      </Stack>
    </Modal>
  );
}
