import { Button, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { call, invalidate, query, type Output } from "#web/client.ts";
import { vpn as t } from "#web/strings/vpn.ts";
import { notifyDone, notifyError, Status, type StatusLevel } from "#web/ui/index.ts";
import { type StateFact, StateSection } from "#web/ui/state-section.tsx";

type VpnStatus = Output<"vpn.status">;

/** One true sentence about the VPN. */
function sentenceOf(status: VpnStatus): { readonly level: StatusLevel | null; readonly text: string } {
  const { state, onlineCount, peerCount } = status;
  if (!status.enabled || state === "off") return { level: null, text: t.states.off };
  if (state === "running") return { level: "good", text: t.states.running(onlineCount, peerCount) };
  return state === "failed" ? { level: "now", text: t.states.failed } : { level: "soon", text: t.states.filesOnly };
}

function factsOf(status: VpnStatus): readonly StateFact[] {
  const f = t.facts;
  return [
    { name: f.endpoint, value: status.endpoint ?? f.noEndpoint },
    { name: f.listens, value: f.udp(status.listenPort) },
    { name: f.range, value: [status.rangeV4, status.rangeV6].filter(Boolean).join(", ") },
    { name: f.backend, value: status.backend ? f.backends[status.backend] : "" },
    { name: f.publicKey, value: status.publicKey ?? "" },
  ];
}

export function VpnState(props: { readonly status: VpnStatus; readonly manages: boolean }) {
  const { status } = props;
  const client = useQueryClient();
  const set = useMutation({
    mutationFn: (on: boolean) => call(on ? "vpn.enable" : "vpn.disable", {}),
    onSuccess: (now, on) => {
      client.setQueryData(query("vpn.status", {}).queryKey, now);
      notifyDone(on ? t.switchedOn : t.switchedOff, on ? undefined : () => set.mutate(true));
    },
    onError: notifyError,
    onSettled: () => invalidate(client, "vpn.status", "vpnPeer.list", "vpnZone.list"),
  });
  const { level, text } = sentenceOf(status);
  return (
    <StateSection
      sentence={level === null ? <Text>{text}</Text> : <Status level={level}>{text}</Status>}
      actions={
        props.manages && (
          <Button
            variant={status.enabled ? "default" : "filled"}
            loading={set.isPending}
            onClick={() => set.mutate(!status.enabled)}
          >
            {status.enabled ? t.off : t.on}
          </Button>
        )
      }
      facts={factsOf(status)}
    />
  );
}
