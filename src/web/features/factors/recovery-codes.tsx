import { Button, Group, Stack, Text } from "@mantine/core";
import { IconDownload, IconPrinter } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { query } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { CopyButton } from "#web/ui/index.ts";
import classes from "./factors.module.css";
import { printText } from "./print.ts";

const t = strings.security.recovery;
const iconPx = 16;

/** New recovery codes, shown once: to be copied, saved or printed. */
export function RecoveryCodes({ codes, onKept }: { readonly codes: readonly string[]; onKept(): void }) {
  const name = useQuery(query("session.current", {})).data?.person?.name ?? "";
  const text = `${t.fileTitle(name, location.host)}\n${t.fileHint}\n\n${codes.join("\n")}\n`;
  return (
    <Stack gap="md">
      <Text size="sm">{t.once}</Text>
      <ul className={classes.codes} aria-label={t.list}>
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <Group gap="xs">
        <CopyButton value={codes.join("\n")} label={t.copy} copiedLabel={t.copied} />
        <Button
          variant="default"
          component="a"
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(text)}`}
          download={t.fileName}
          leftSection={<IconDownload size={iconPx} stroke={1.5} aria-hidden="true" />}
        >
          {t.download}
        </Button>
        <Button
          variant="default"
          onClick={() => printText(text)}
          leftSection={<IconPrinter size={iconPx} stroke={1.5} aria-hidden="true" />}
        >
          {t.print}
        </Button>
      </Group>
      <Button onClick={onKept} data-autofocus>
        {t.kept}
      </Button>
    </Stack>
  );
}
