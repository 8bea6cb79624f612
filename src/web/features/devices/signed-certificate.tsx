import { Button, Group, Stack, Text, Textarea } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { strings } from "#web/strings.ts";
import { CopyButton } from "#web/ui/index.ts";
import classes from "./devices.module.css";

const t = strings.devices.issue;

/** The certificate for a key that never left its device: no secret, so it may be fetched at leisure. */
export function SignedCertificate(props: { readonly pem: string; onClose(): void }) {
  return (
    <Stack gap="md">
      <Text size="sm">{t.signed.hint}</Text>
      <Textarea readOnly aria-label={t.signed.label} value={props.pem} rows={10} classNames={{ input: classes.pem }} />
      <Group gap="xs">
        <CopyButton value={props.pem} label={t.copy} copiedLabel={t.copied} />
        <Button
          component="a"
          variant="default"
          href={`data:application/x-pem-file,${encodeURIComponent(props.pem)}`}
          download={t.signed.fileName}
          leftSection={<IconDownload size={16} stroke={1.5} aria-hidden="true" />}
        >
          {t.signed.download}
        </Button>
      </Group>
      <Button onClick={props.onClose}>{t.done}</Button>
    </Stack>
  );
}
