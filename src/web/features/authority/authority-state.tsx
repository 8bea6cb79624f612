import { Button, Group } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import type { Authority } from "#contract/security/certificates";
import type { Output } from "#web/client.ts";
import { authority as t } from "#web/strings/authority.ts";
import { formatMoment, Status, type StatusLevel } from "#web/ui/index.ts";
import { type StateFact, StateSection } from "#web/ui/state-section.tsx";

type CertificatesStatus = Output<"certificates.status">;

/** What is true of the authority now. */
function stateOf({ intermediate }: Authority, nowMs: number): { readonly level: StatusLevel; readonly text: string } {
  if (intermediate.validToMs <= nowMs) return { level: "now", text: t.states.ended };
  const until = formatMoment(intermediate.validToMs);
  return intermediate.renewFromMs <= nowMs
    ? { level: "soon", text: t.states.renew(until) }
    : { level: "good", text: t.states.good(until) };
}

/** `A1B2 C3D4 …` is easier to compare. */
const grouped = (hex: string): string => (hex.match(/.{1,4}/g) ?? []).join(" ").toUpperCase();

export function AuthorityState(props: {
  readonly status: CertificatesStatus;
  readonly authority: Authority;
  readonly manages: boolean;
  readonly isOwner: boolean;
  onRenew(): void;
  onReplace(): void;
}) {
  const { status, authority } = props;
  const { level, text } = stateOf(authority, Date.now());
  const missing = status.server?.missingNames ?? [];
  const facts: readonly StateFact[] = [
    { name: t.facts.name, value: authority.name },
    { name: t.facts.root, value: formatMoment(authority.root.validToMs) },
    {
      name: t.facts.listener,
      value: status.listener ? t.facts.port(status.listener.port) : t.facts.noListener,
    },
    { name: t.facts.server, value: status.server?.names.join(", ") ?? "" },
    { name: t.facts.fingerprint, value: grouped(authority.root.fingerprint), isWide: true },
  ];
  return (
    <StateSection
      sentence={
        <>
          <Status level={level}>{text}</Status>
          {missing.length > 0 && <Status level="soon">{t.missingNames(missing.join(", "))}</Status>}
        </>
      }
      actions={
        <Group gap="xs">
          <Button
            component="a"
            href={status.rootPath}
            download
            variant="default"
            leftSection={<IconDownload size={16} stroke={1.5} aria-hidden="true" />}
          >
            {t.rootDownload}
          </Button>
          {props.manages && (
            <Button variant={level === "good" ? "default" : "filled"} onClick={props.onRenew}>
              {t.renew}
            </Button>
          )}
          {props.isOwner && (
            <Button variant="subtle" color="red" onClick={props.onReplace}>
              {t.replace}
            </Button>
          )}
        </Group>
      }
      facts={facts}
    />
  );
}
