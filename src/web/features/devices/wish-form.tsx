import { Button, Radio, Stack, Textarea, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import type { CertificateFormat } from "#contract/security/certificates";
import { strings } from "#web/strings.ts";
import { ErrorLine } from "#web/ui/index.ts";
import classes from "./devices.module.css";
import { formatFor, suggestDeviceName } from "./platform.ts";

const t = strings.devices.issue;
const kinds = ["apple-profile", "pkcs12", "compatible", "signing-request"] as const;

export interface Wish {
  readonly deviceName: string;
  /** The form of what is handed out, or a request for a key that stays where it was made. */
  readonly kind: CertificateFormat | "signing-request";
  readonly signingRequestPem: string;
}

/** For which device, and in which form. A renewed device keeps its name. */
export function WishForm(props: {
  readonly isRenewal: boolean;
  readonly isBusy: boolean;
  readonly error: unknown;
  onWish(wish: Wish): void;
}) {
  const [deviceName, setDeviceName] = useState(() => suggestDeviceName(navigator.userAgent));
  const [kind, setKind] = useState<Wish["kind"]>(() => formatFor(navigator.userAgent));
  const [signingRequestPem, setSigningRequestPem] = useState("");
  const isNamed = props.isRenewal || deviceName.trim() !== "";
  const isReady = isNamed && (kind !== "signing-request" || signingRequestPem.trim() !== "");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isReady) props.onWish({ deviceName: deviceName.trim(), kind, signingRequestPem: signingRequestPem.trim() });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        {!props.isRenewal && (
          <TextInput
            label={t.name}
            placeholder={t.namePlaceholder}
            maxLength={64}
            data-autofocus
            value={deviceName}
            error={!isNamed && t.nameMissing}
            onChange={(event) => setDeviceName(event.currentTarget.value)}
          />
        )}
        <Radio.Group
          label={t.kind}
          value={kind}
          onChange={(value) => setKind(kinds.find((known) => known === value) ?? "pkcs12")}
        >
          <Stack gap="sm" mt="xs">
            {kinds.map((value) => (
              <Radio key={value} value={value} label={t.kinds[value].label} description={t.kinds[value].hint} />
            ))}
          </Stack>
        </Radio.Group>
        {kind === "signing-request" && (
          <Textarea
            label={t.signed.request}
            placeholder="-----BEGIN CERTIFICATE REQUEST-----"
            rows={6}
            spellCheck={false}
            classNames={{ input: classes.pem }}
            value={signingRequestPem}
            onChange={(event) => setSigningRequestPem(event.currentTarget.value)}
          />
        )}
        <ErrorLine error={props.error} />
        <Button type="submit" loading={props.isBusy} disabled={!isReady}>
          {t.create}
        </Button>
      </Stack>
    </form>
  );
}
