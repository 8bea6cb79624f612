import { Button, Skeleton } from "@mantine/core";
import { IconDeviceMobilePlus, IconPlus, IconShieldOff, IconWorldQuestion } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { query, type Output } from "#web/client.ts";
import { useSession } from "#web/frame/session.ts";
import { vpn } from "#web/strings/vpn.ts";
import { EmptyState, ErrorState } from "#web/ui/index.ts";
import { SettingsSection } from "#web/ui/settings.tsx";
import { DeviceCard } from "./device-card.tsx";
import { DeviceDialog, type DeviceTask } from "./device-dialog.tsx";
import classes from "./vpn.module.css";

const t = vpn.devices;
const route = getRouteApi("/app/account/vpn");
const refreshMs = 10_000;

/** `/account/vpn`: one's own devices in the VPN. */
export function OwnVpnPage() {
  const { person } = useSession();
  const { add } = route.useSearch();
  const navigate = route.useNavigate();
  const [task, setTask] = useState<DeviceTask | null>(null);
  const status = useQuery(query("vpn.status", {}));
  const zones = useQuery(query("vpnZone.list", {}));
  const list = useQuery({ ...query("vpnPeer.list", {}), refetchInterval: refreshMs });
  const error = status.error ?? list.error;
  if (error) return <ErrorState error={error} onRetry={() => void Promise.all([status.refetch(), list.refetch()])} />;
  if (!status.data || !list.data) return <Skeleton height={200} mt="lg" />;
  const own = list.data.peers.filter(({ personId }) => personId === person?.id);
  const isPossible = status.data.enabled && status.data.endpoint !== null;
  const openAdd = (isOpen: boolean): void => void navigate({ search: isOpen ? { add: true } : {}, replace: !isOpen });
  const opened = task ?? (add && isPossible ? { kind: "add" as const } : null);
  return (
    <SettingsSection
      title={t.ownTitle}
      hint={t.ownHint}
      action={
        isPossible &&
        own.length > 0 && (
          <Button leftSection={<IconPlus size={16} aria-hidden="true" />} onClick={() => openAdd(true)}>
            {t.add}
          </Button>
        )
      }
    >
      {!isPossible && <NotPossible status={status.data} />}
      {isPossible && own.length === 0 && (
        <EmptyState
          icon={IconDeviceMobilePlus}
          title={t.none}
          hint={t.noneHint}
          action={<Button onClick={() => openAdd(true)}>{t.add}</Button>}
        />
      )}
      <ul className={classes.cards}>
        {own.map((peer) => (
          <DeviceCard
            key={peer.id}
            peer={peer}
            zones={zones.data?.zones ?? []}
            hasOwner={false}
            isChangeable
            onTask={setTask}
          />
        ))}
      </ul>
      {opened && (
        <DeviceDialog
          task={opened}
          forOthers={false}
          onClose={() => {
            setTask(null);
            if (add) openAdd(false);
          }}
        />
      )}
    </SettingsSection>
  );
}

/** Why no device can be added yet, and who can change that. */
function NotPossible({ status }: { readonly status: Output<"vpn.status"> }) {
  const { can } = useSession();
  const manages = can("security.manage");
  const u = vpn.unavailable;
  const action = manages && (
    <Button component={Link} to="/security/vpn" variant="default">
      {u.open}
    </Button>
  );
  return status.enabled ? (
    <EmptyState icon={IconWorldQuestion} title={u.noEndpoint} hint={u.noEndpointHint} action={action} />
  ) : (
    <EmptyState icon={IconShieldOff} title={u.off} hint={manages ? u.offHintManager : u.offHint} action={action} />
  );
}
