import { Button, Code, Group, Text } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { call, type Output } from "#web/client.ts";
import { vpn as t } from "#web/strings/vpn.ts";
import { CopyButton, ErrorLine, Status } from "#web/ui/index.ts";
import { saveText } from "#web/ui/save-text.ts";
import { SettingsSection } from "#web/ui/settings.tsx";
import classes from "./vpn.module.css";

const levels = { ok: "good", warning: "soon", error: "now" } as const;
const asSentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/[.]$/, "")}.`;

/** What is missing or in the way, each with the line that mends it. */
export function Findings({ status }: { readonly status: Output<"vpn.status"> }) {
  const findings = status.findings.filter(({ state }) => state !== "ok");
  if (findings.length === 0) return null;
  return (
    <SettingsSection title={t.missing}>
      <ul className={classes.findings}>
        {findings.map(({ id, state, message, remedy }) => (
          <li key={id}>
            <Status level={levels[state]}>{asSentence(message)}</Status>
            {remedy !== null && <Remedy id={id} message={message} remedy={remedy} />}
          </li>
        ))}
      </ul>
    </SettingsSection>
  );
}

/** A line to run or to write is there to be copied; anything else is told. */
function Remedy(props: { readonly id: string; readonly message: string; readonly remedy: string }) {
  const line = props.id === "endpoint" ? t.endpointLines : props.remedy.startsWith("sudo ") ? props.remedy : null;
  return (
    <>
      {line !== props.remedy && <Text size="sm">{asSentence(props.remedy)}</Text>}
      {line !== null && (
        <div className={classes.remedy}>
          <Code block className={classes.line}>
            {line}
          </Code>
          <CopyButton
            size="compact-sm"
            value={line}
            label={t.copy}
            copiedLabel={t.copied}
            aria-label={t.copyRemedy(props.message)}
          />
        </div>
      )}
    </>
  );
}

/** What to put in place where this process may not touch the network. Asked for by hand: the server's key is in it. */
export function ServerFiles() {
  const load = useMutation({ mutationFn: () => call("vpn.files", {}) });
  return (
    <SettingsSection
      title={t.files.title}
      hint={t.files.hint}
      action={
        !load.data && (
          <Button variant="default" loading={load.isPending} onClick={() => load.mutate()}>
            {t.files.show}
          </Button>
        )
      }
    >
      <ErrorLine error={load.error} />
      <ul className={classes.findings}>
        {load.data?.files.map(({ fileName, text, use }) => (
          <li key={fileName}>
            <Group justify="space-between">
              <Text fw={550}>{fileName}</Text>
              <Button
                size="compact-sm"
                variant="default"
                aria-label={t.files.downloadOf(fileName)}
                leftSection={<IconDownload size={16} stroke={1.5} aria-hidden="true" />}
                onClick={() => saveText(fileName, text)}
              >
                {t.files.download}
              </Button>
            </Group>
            <Text size="xs" c="dimmed">
              {t.files.use}
            </Text>
            <div className={classes.remedy}>
              <Code block className={classes.line}>
                {use}
              </Code>
              <CopyButton
                size="compact-sm"
                value={use}
                label={t.copy}
                copiedLabel={t.copied}
                aria-label={t.copyRemedy(fileName)}
              />
            </div>
          </li>
        ))}
      </ul>
    </SettingsSection>
  );
}
