import { Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { query, type Output } from "#web/client.ts";
import { FrameTitle } from "#web/frame/title.tsx";
import { ransomware } from "#web/strings/ransomware.ts";
import { ErrorState, formatWhen, Page, Section, Status, useAfter } from "#web/ui/index.ts";
import { StateSection } from "#web/ui/state-section.tsx";
import { DecoySection } from "./decoy-section.tsx";
import { IncidentView } from "./incident-view.tsx";
import { PastIncidents } from "./past-incidents.tsx";

const t = ransomware;
const quietMs = 15_000;
const busyMs = 1_000;

type State = Output<"ransomware.status">;

const isBusy = (state: State | undefined): boolean =>
  state?.incidents.some(({ rollBack }) => rollBack?.state === "running" || rollBack?.state === "undoing") ?? false;

/** `/ransomware`: for whom an incident concerns. */
export function RansomwarePage() {
  return (
    <>
      <FrameTitle title={t.title} />
      <Page>
        <RansomwareGuard />
      </Page>
    </>
  );
}

/** Quiet or not, what was stopped and why, and the way back. */
export function RansomwareGuard() {
  const status = useQuery({
    ...query("ransomware.status", {}),
    refetchInterval: ({ state }) => (isBusy(state.data) ? busyMs : quietMs),
  });
  const late = useAfter(status.isPending);
  if (status.error) return <ErrorState error={status.error} onRetry={() => void status.refetch()} />;
  if (!status.data) return late && <Skeleton height={240} animate={false} />;
  const open = status.data.incidents.filter(({ state }) => state === "open");
  const past = status.data.incidents.filter(({ state }) => state === "closed");
  return (
    <>
      {open.length === 0 && <Quiet state={status.data} />}
      {open.map((incident) => (
        <IncidentView key={incident.id} incident={incident} />
      ))}
      <DecoySection />
      {past.length > 0 && (
        <Section title={t.past}>
          <PastIncidents incidents={past} />
        </Section>
      )}
    </>
  );
}

function Quiet({ state }: { readonly state: State }) {
  const { enabled, devices, lastLookAtMs, waiting, looksAfter } = state;
  const lastLook = lastLookAtMs === null ? t.never : formatWhen(lastLookAtMs, Date.now());
  return (
    <StateSection
      sentence={
        <>
          <Status level={enabled ? "good" : "soon"}>{enabled ? t.quiet : t.off}</Status>
          <Text size="sm" c="dimmed">
            {enabled ? t.quietHint : t.offHint}
          </Text>
        </>
      }
      actions={null}
      facts={
        enabled
          ? [
              { name: t.devices, value: devices === null ? "" : String(devices) },
              { name: t.lastLook, value: lastLook },
              { name: t.waiting, value: looksAfter && waiting ? waiting.toLocaleString() : "" },
            ]
          : []
      }
    />
  );
}
