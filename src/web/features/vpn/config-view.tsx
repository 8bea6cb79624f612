import { Button, Group, Stack, Text, Textarea } from "@mantine/core";
import { IconAlertTriangle, IconDownload } from "@tabler/icons-react";
import { vpn } from "#web/strings/vpn.ts";
import { Fold } from "#web/ui/fold.tsx";
import { CopyButton } from "#web/ui/index.ts";
import { QrCode } from "#web/ui/qr-code.tsx";
import { saveText } from "#web/ui/save-text.ts";
import type { Config } from "./config-text.ts";
import classes from "./vpn.module.css";

const t = vpn.ready;

/** A configuration as QR code, file and text, with the steps that put it to use. */
export function ConfigView({ config, onClose }: { readonly config: Config; onClose(): void }) {
  const isReady = config.privateKey === "in-text" && config.presharedKey === "in-text";
  return (
    <Stack gap="lg">
      <Text size="sm" className={classes.once}>
        <IconAlertTriangle size={18} stroke={1.75} aria-hidden="true" />
        <span>{isReady ? t.once : t.bare}</span>
      </Text>
      {isReady && (
        <div className={classes.way}>
          <QrCode text={config.text} label={t.qrAlt} />
          <Steps title={t.onPhone} steps={t.phoneSteps} />
        </div>
      )}
      <div>
        {isReady && <Steps title={t.onComputer} steps={t.computerSteps} />}
        <Group gap="xs" mt="sm">
          <Button
            variant="default"
            leftSection={<IconDownload size={16} stroke={1.5} aria-hidden="true" />}
            onClick={() => saveText(config.fileName, config.text)}
          >
            {t.download}
          </Button>
          <CopyButton value={config.text} label={t.copy} copiedLabel={t.copied} />
        </Group>
      </div>
      <div>
        <Fold label={t.show}>
          <Textarea
            readOnly
            aria-label={t.text}
            value={config.text}
            rows={12}
            mt="xs"
            classNames={{ input: classes.code }}
          />
        </Fold>
      </div>
      <Button onClick={onClose}>{t.done}</Button>
    </Stack>
  );
}

function Steps({ title, steps }: { readonly title: string; readonly steps: readonly string[] }) {
  return (
    <div>
      <Text size="sm" fw={550} mb={4}>
        {title}
      </Text>
      <ol className={classes.steps}>
        {steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
    </div>
  );
}
