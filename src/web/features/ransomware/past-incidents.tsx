import { IconShieldCheck } from "@tabler/icons-react";
import { ransomware } from "#web/strings/ransomware.ts";
import type { Incident } from "#contract/apps/files/ransomware";
import { formatMoment } from "#web/ui/index.ts";
import { SettingsList, SettingsRow } from "#web/ui/settings.tsx";
import { RollBackProgress } from "./roll-back-progress.tsx";

const t = ransomware;

/** What was stopped before and how it ended; a roll-back of it can still be undone. */
export function PastIncidents({ incidents }: { readonly incidents: readonly Incident[] }) {
  return (
    <>
      <SettingsList>
        {incidents.map(({ id, device, stoppedAtMs, outcome, closedBy, files }) => (
          <SettingsRow
            key={id}
            icon={IconShieldCheck}
            name={device.label}
            facts={[
              formatMoment(stoppedAtMs),
              t.stoppedHint(files),
              outcome === null ? "" : t.outcome[outcome](closedBy ?? "?"),
            ]}
          />
        ))}
      </SettingsList>
      {incidents.slice(0, 1).map(({ id, rollBack }) => rollBack && <RollBackProgress key={id} rollBack={rollBack} />)}
    </>
  );
}
