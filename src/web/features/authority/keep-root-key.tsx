import { Button, Checkbox, Code, Group, Stack, Text } from "@mantine/core";
import { IconCheck, IconDownload } from "@tabler/icons-react";
import { useState } from "react";
import type { Output } from "#web/client.ts";
import { authority } from "#web/strings/authority.ts";
import { CopyButton } from "#web/ui/index.ts";
import { saveText } from "#web/ui/save-text.ts";
import classes from "./authority.module.css";

const t = authority.keep;

/** The root key and its passphrase, shown only now; the way on is open once both are kept. */
export function KeepRootKey(props: { readonly made: Output<"certificates.createAuthority">; onClose(): void }) {
  const { made } = props;
  const [isDownloaded, setDownloaded] = useState(false);
  const [isKept, setKept] = useState(false);
  const Shape = isDownloaded ? IconCheck : IconDownload;
  return (
    <Stack gap="lg">
      <Text size="sm">{t.text}</Text>
      <ol className={classes.keep}>
        <li>
          <Text fw={550}>{t.step1}</Text>
          <Button
            leftSection={<Shape size={16} stroke={1.5} aria-hidden="true" />}
            variant={isDownloaded ? "default" : "filled"}
            onClick={() => {
              saveText(made.fileName, made.rootKeyPem);
              setDownloaded(true);
            }}
          >
            {isDownloaded ? t.downloaded : t.download}
          </Button>
        </li>
        <li>
          <Text fw={550}>{t.step2}</Text>
          <Group gap="xs">
            <Code className={classes.passphrase}>{made.passphrase}</Code>
            <CopyButton value={made.passphrase} label={t.copy} copiedLabel={t.copied} />
          </Group>
        </li>
        <li>
          <Text fw={550}>{t.step3}</Text>
          <Text size="xs" c="dimmed">
            {t.step3Hint}
          </Text>
          <Button variant="default" onClick={() => saveText("hearth-root.crt", made.rootPem)}>
            {t.downloadRoot}
          </Button>
        </li>
      </ol>
      <Checkbox label={t.kept} checked={isKept} onChange={(event) => setKept(event.currentTarget.checked)} />
      <Button disabled={!isKept || !isDownloaded} onClick={props.onClose}>
        {t.done}
      </Button>
    </Stack>
  );
}
