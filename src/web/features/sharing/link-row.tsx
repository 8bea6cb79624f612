import { Button, Collapse, Group, Text, TextInput } from "@mantine/core";
import { IconAlertTriangle, IconLink, IconLock, IconQrcode, IconUpload } from "@tabler/icons-react";
import { Suspense, useState } from "react";
import type { Link } from "#contract/apps/files/links";
import { strings } from "#web/strings.ts";
import { CopyButton, formatMoment, formatWhen, lazyPart } from "#web/ui/index.ts";
import { endedBy } from "./rules.ts";
import classes from "./sharing.module.css";
import { absoluteUrl } from "./use-links.ts";

const t = strings.sharing;
const QrCode = lazyPart(async () => (await import("./qr-code.tsx")).QrCode);

/** One link: its address, its rules in words, and what can be done with it. */
export function LinkRow(props: { readonly link: Link; readonly busy: boolean; onEdit(): void; onRemove(): void }) {
  const { link } = props;
  const [qr, setQr] = useState(false);
  const url = absoluteUrl(link);
  const ended = endedBy(link, Date.now());
  return (
    <section className={classes.link} aria-label={url}>
      <div className={classes.address}>
        <TextInput
          readOnly
          value={url}
          aria-label={t.address}
          onFocus={(event) => event.currentTarget.select()}
          leftSection={
            link.mode === "upload" ? (
              <IconUpload size={16} aria-hidden="true" />
            ) : (
              <IconLink size={16} aria-hidden="true" />
            )
          }
        />
        <CopyButton value={url} label={t.copy} copiedLabel={t.copied} variant="filled" />
      </div>
      <Text size="xs" c="dimmed" className="tabular" component="div">
        <Group gap={6}>
          {ended && (
            <span className={classes.ended}>
              <IconAlertTriangle size={14} aria-hidden="true" />{" "}
              {ended === "expired" ? t.facts.expired : t.facts.limitReached}
            </span>
          )}
          {link.hasPassword && (
            <span className={classes.fact}>
              <IconLock size={14} aria-hidden="true" /> {t.facts.password}
            </span>
          )}
          <span>{factsOf(link)}</span>
        </Group>
      </Text>
      <Group gap={4} ml={-8}>
        <Button
          size="compact-sm"
          variant="subtle"
          color="gray"
          leftSection={<IconQrcode size={16} aria-hidden="true" />}
          aria-expanded={qr}
          onClick={() => setQr(!qr)}
        >
          {t.qr}
        </Button>
        <Button size="compact-sm" variant="subtle" color="gray" onClick={props.onEdit}>
          {t.edit}
        </Button>
        <Button size="compact-sm" variant="subtle" color="red" onClick={props.onRemove} disabled={props.busy}>
          {t.withdraw}
        </Button>
      </Group>
      <Collapse expanded={qr}>
        {qr && (
          <Suspense>
            <QrCode url={url} />
          </Suspense>
        )}
      </Collapse>
    </section>
  );
}

function factsOf(link: Link): string {
  const parts: string[] = [t.facts[link.mode]];
  if (link.expiresAtMs !== null) parts.push(t.facts.until(formatMoment(link.expiresAtMs)));
  if (link.mode === "view") parts.push(t.facts.downloads(link.downloads, link.downloadLimit));
  parts.push(
    link.lastUsedAtMs === null ? t.facts.neverUsed : t.facts.lastUsed(formatWhen(link.lastUsedAtMs, Date.now())),
  );
  return parts.join(" · ");
}
