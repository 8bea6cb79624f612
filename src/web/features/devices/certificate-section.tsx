import { Button, Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { CertifiedDevice } from "#contract/security/certificates";
import { query, type Output } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { ErrorLine } from "#web/ui/index.ts";
import { SettingsList, SettingsSection } from "#web/ui/settings.tsx";
import { CertificateRow } from "./certificate-row.tsx";
import classes from "./devices.module.css";
import { IssueDialog } from "./issue-dialog.tsx";

const t = strings.devices.certificates;

const isAlive = (device: CertifiedDevice): boolean => device.state === "valid" || device.state === "ending";

/** Devices with a certificate of this server's authority; ended ones are counted, not listed. */
export function CertificateSection() {
  const status = useQuery(query("certificates.status", {}));
  const list = useQuery(query("certificates.list", {}));
  const [issuing, setIssuing] = useState<CertifiedDevice | "new" | null>(null);
  const devices = list.data?.devices ?? [];
  const alive = devices.filter(isAlive);
  const ended = devices.length - alive.length;
  const hasAuthority = status.data !== undefined && status.data.authority !== null;
  return (
    <SettingsSection
      title={t.title}
      hint={t.hint}
      action={
        hasAuthority && (
          <Button variant="default" onClick={() => setIssuing("new")}>
            {t.add}
          </Button>
        )
      }
    >
      <ErrorLine error={status.error ?? list.error} />
      {(status.isPending || list.isPending) && <Skeleton height={56} />}
      {status.data && list.data && alive.length === 0 && (
        <Text size="sm" c="dimmed">
          {hasAuthority ? t.none : t.noAuthority}
        </Text>
      )}
      <SettingsList>
        {alive.map((device) => (
          <CertificateRow key={device.id} device={device} onRenew={() => setIssuing(device)} />
        ))}
      </SettingsList>
      {ended > 0 && (
        <Text size="xs" c="dimmed">
          {t.older(ended)}
        </Text>
      )}
      {status.data && hasAuthority && <Trust status={status.data} />}
      {issuing && <IssueDialog renewed={issuing === "new" ? null : issuing} onClose={() => setIssuing(null)} />}
    </SettingsSection>
  );
}

/** The root certificate, and where a certificate can be shown. */
function Trust({ status }: { readonly status: Output<"certificates.status"> }) {
  const { listener } = status;
  return (
    <>
      <div className={classes.extra}>
        <div>
          <Text size="sm">{t.root}</Text>
          <Text size="xs" c="dimmed">
            {t.rootHint}
          </Text>
        </div>
        <Button component="a" href={status.rootPath} download variant="default" size="sm">
          {t.rootDownload}
        </Button>
      </div>
      {listener && status.connection === null && (
        <div className={classes.extra}>
          <div>
            <Text size="sm">{t.tryIt}</Text>
            <Text size="xs" c="dimmed">
              {t.tryHint(listener.port)}
            </Text>
          </div>
          <Button component="a" href={`https://${location.hostname}:${listener.port}/`} variant="default" size="sm">
            {t.open}
          </Button>
        </div>
      )}
    </>
  );
}
