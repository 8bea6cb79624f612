import { Button, Skeleton } from "@mantine/core";
import { IconCertificate } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { query } from "#web/client.ts";
import { useSession } from "#web/frame/session.ts";
import { authority as t } from "#web/strings/authority.ts";
import { EmptyState, ErrorState } from "#web/ui/index.ts";
import { AuthorityState } from "./authority-state.tsx";
import classes from "./authority.module.css";
import { CreateDialog } from "./create-dialog.tsx";
import { DeviceList } from "./device-list.tsx";
import { PolicySection } from "./policy-section.tsx";
import { RenewDialog } from "./renew-dialog.tsx";

type Open = "create" | "replace" | "renew" | null;

/** `/security/certificates`: the authority of the house, all devices with a certificate, and where one is required. */
export function CertificatesPage() {
  const { person, can } = useSession();
  const manages = can("security.manage");
  const isOwner = person?.roles.includes("owner") ?? false;
  const status = useQuery(query("certificates.status", {}));
  const [open, setOpen] = useState<Open>(null);
  if (status.error) return <ErrorState error={status.error} onRetry={() => void status.refetch()} />;
  if (!status.data) return <Skeleton height={320} mt="lg" />;
  const close = (): void => setOpen(null);
  return (
    <div className={classes.page}>
      {status.data.authority === null ? (
        <EmptyState
          icon={IconCertificate}
          title={t.none}
          hint={isOwner ? t.noneHint : `${t.noneHint} ${t.ownerOnly}`}
          action={isOwner && <Button onClick={() => setOpen("create")}>{t.create}</Button>}
        />
      ) : (
        <>
          <AuthorityState
            status={status.data}
            authority={status.data.authority}
            manages={manages}
            isOwner={isOwner}
            onRenew={() => setOpen("renew")}
            onReplace={() => setOpen("replace")}
          />
          <DeviceList manages={manages} />
          <PolicySection manages={manages} />
        </>
      )}
      {(open === "create" || open === "replace") && (
        <CreateDialog replaced={open === "replace" ? status.data.authority : null} onClose={close} />
      )}
      {open === "renew" && <RenewDialog onClose={close} />}
    </div>
  );
}
