import { Button, Stack, Text, TextInput } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import type { CertificateFormat } from "#contract/security/certificates";
import type { Output } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { CopyButton, formatMoment } from "#web/ui/index.ts";
import { QrCode } from "#web/ui/qr-code.tsx";
import classes from "./devices.module.css";

const t = strings.devices.issue;
type Download = NonNullable<Output<"certificates.issue">["download"]>;

/** The one-time download, here or by QR code, its password, and how to install it. */
export function FetchCertificate(props: {
  readonly download: Download;
  readonly format: CertificateFormat;
  onClose(): void;
}) {
  const { path, fileName, password, expiresAtMs } = props.download;
  return (
    <Stack gap="lg">
      <Text size="sm">{t.once(formatMoment(expiresAtMs))}</Text>
      <div>
        <div className={classes.password}>
          <TextInput
            readOnly
            label={t.password}
            description={t.passwordHint}
            value={password}
            onFocus={(event) => event.currentTarget.select()}
            classNames={{ input: classes.mono }}
          />
          <CopyButton value={password} label={t.copy} copiedLabel={t.copied} />
        </div>
      </div>
      <div className={classes.fetch}>
        <QrCode text={new URL(path, location.href).href} label={t.qrAlt} />
        <div className={classes.column}>
          <Button
            component="a"
            href={path}
            download={fileName}
            leftSection={<IconDownload size={16} stroke={1.5} aria-hidden="true" />}
          >
            {t.here}
          </Button>
          <Text size="sm" c="dimmed">
            {t.elsewhere}
          </Text>
        </div>
      </div>
      <div>
        <Text size="sm" fw={550} mb={4}>
          {t.steps}
        </Text>
        <ul className={classes.steps}>
          {t.guides[props.format].map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ul>
      </div>
      <Button variant="default" onClick={props.onClose}>
        {t.done}
      </Button>
    </Stack>
  );
}
