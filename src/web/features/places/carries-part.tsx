import { Button, Progress, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { Carry } from "#contract/apps/files/places";
import { call, invalidate, query } from "#web/client.ts";
import { places as t } from "#web/strings/places.ts";
import { formatBytes, formatDuration, notifyErrorAs, Section } from "#web/ui/index.ts";
import classes from "./places.module.css";

const pollMs = 1000;
const shownEnded = 5;
/** One that has ended is shown for so long. */
const endedForMs = 3_600_000;
const isUnderWay = ({ state }: Carry): boolean => state === "queued" || state === "running";

const isRecent = (carry: Carry): boolean => !isUnderWay(carry) && Date.now() - (carry.startedAtMs ?? 0) < endedForMs;

/** Copies and moves of the person: how far they are, and how the last ones ended. Nothing when there are none. */
export function CarriesPart() {
  const client = useQueryClient();
  const { data } = useQuery({
    ...query("places.carries", {}),
    refetchInterval: ({ state }) => (state.data?.carries.some(isUnderWay) === true ? pollMs : false),
  });
  const carries = data?.carries ?? [];
  const running = carries.filter(isUnderWay).length;
  useEffect(() => {
    // One has ended: what it brought shall be seen.
    return () => {
      if (running > 0) void invalidate(client, "places.browse", "files.list", "files.spaces");
    };
  }, [running, client]);
  const shown = [...carries.filter(isUnderWay), ...carries.filter(isRecent).slice(0, shownEnded)];
  if (shown.length === 0) return null;
  return (
    <Section title={t.carries}>
      <ul className={classes.carries}>
        {shown.map((carry) => (
          <CarryRow key={carry.id} carry={carry} />
        ))}
      </ul>
    </Section>
  );
}

function CarryRow({ carry }: { readonly carry: Carry }) {
  const client = useQueryClient();
  const stop = useMutation({
    mutationFn: () => call("places.cancelCarry", { id: carry.id }),
    onSuccess: () => invalidate(client, "places.carries"),
    onError: (error) => notifyErrorAs(t.stop, error),
  });
  const name = t.carryMany(carry.name, carry.count);
  const share = carry.totalBytes === 0 ? 0 : (carry.doneBytes / carry.totalBytes) * 100;
  const facts = [
    carry.move ? t.moves : t.copies,
    t.carryStates[carry.state],
    carry.state === "running" ? t.amount(formatBytes(carry.doneBytes), formatBytes(carry.totalBytes)) : "",
    carry.leftMs === null ? "" : t.left(formatDuration(carry.leftMs)),
  ];
  return (
    <li className={classes.carry}>
      <div className={classes.carryText}>
        <Text size="sm" truncate title={name}>
          {name}
        </Text>
        <Text size="xs" c="dimmed" className="tabular">
          {facts.filter(Boolean).join(" · ")}
        </Text>
        {carry.error && (
          <Text size="xs" c="var(--hearth-now)">
            {carry.error}
          </Text>
        )}
        {carry.skipped.length > 0 && (
          <Text size="xs" c="dimmed">
            {t.skipped(carry.skipped.join(", "))}
          </Text>
        )}
        {isUnderWay(carry) && <Progress value={share} size="sm" aria-label={name} mt={4} />}
      </div>
      {isUnderWay(carry) && (
        <Button variant="default" aria-label={t.stopOf(name)} loading={stop.isPending} onClick={() => stop.mutate()}>
          {t.stop}
        </Button>
      )}
    </li>
  );
}
