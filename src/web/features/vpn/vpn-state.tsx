import { Button, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { call, invalidate, query, type Output } from "#web/client.ts";
import { vpn as t } from "#web/strings/vpn.ts";
import { notifyDone, notifyError, Status, type StatusLevel } from "#web/ui/index.ts";
import classes from "./vpn.module.css";

type VpnStatus = Output<"vpn.status">;

/** One true sentence about the VPN. */
function sentenceOf(status: VpnStatus): { readonly level: StatusLevel | null; readonly text: string } {
  const { state, onlineCount, peerCount } = status;
  if (!status.enabled || state === "off") return { level: null, text: t.states.off };
  if (state === "running") return { level: "good", text: t.states.running(onlineCount, peerCount) };
  return state === "failed" ? { level: "now", text: t.states.failed } : { level: "soon", text: t.states.filesOnly };
}

function factsOf(status: VpnStatus): readonly (readonly [string, string])[] {
  const f = t.facts;
  return [
    [f.endpoint, status.endpoint ?? f.noEndpoint],
    [f.listens, f.udp(status.listenPort)],
    [f.range, [status.rangeV4, status.rangeV6].filter(Boolean).join(", ")],
    [f.backend, status.backend ? f.backends[status.backend] : ""],
    [f.publicKey, status.publicKey ?? ""],
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
    <section className={classes.state} aria-live="polite">
      <div className={classes.sentence}>
        {level === null ? <Text>{text}</Text> : <Status level={level}>{text}</Status>}
      </div>
      {props.manages && (
        <Button
          variant={status.enabled ? "default" : "filled"}
          loading={set.isPending}
          onClick={() => set.mutate(!status.enabled)}
        >
          {status.enabled ? t.off : t.on}
        </Button>
      )}
      <dl className={classes.server}>
        {factsOf(status).map(([name, value]) =>
          value === "" ? null : (
            <div key={name}>
              <dt>{name}</dt>
              <dd className="tabular">{value}</dd>
            </div>
          ),
        )}
      </dl>
    </section>
  );
}
