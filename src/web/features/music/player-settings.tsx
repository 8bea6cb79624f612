import { ActionIcon, NativeSelect, Popover, Stack } from "@mantine/core";
import { IconAdjustmentsHorizontal } from "@tabler/icons-react";
import { useState } from "react";
import { music as t } from "#web/strings/music.ts";
import type { GainMode } from "./gain.ts";
import { musicPlayer, usePlayer } from "./player-access.ts";

const speeds = [0.5, 0.75, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2];
const crossfades = [0, 2, 4, 6, 8, 12];
const sleepMinutes = [10, 20, 30, 45, 60, 90];

export function PlayerSettingsMenu() {
  const [isOpen, setOpen] = useState(false);
  return (
    <Popover opened={isOpen} onChange={setOpen} position="top-end" shadow="md" trapFocus withinPortal={false}>
      <Popover.Target>
        <ActionIcon size="lg" aria-label={t.settings} onClick={() => setOpen(!isOpen)}>
          <IconAdjustmentsHorizontal size={20} stroke={1.5} aria-hidden="true" />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown aria-label={t.settings}>
        <PlayerSettingsForm />
      </Popover.Dropdown>
    </Popover>
  );
}

export function PlayerSettingsForm() {
  const { settings, sleep } = usePlayer();
  const { change, setSleep } = musicPlayer();
  const [minutes, setMinutes] = useState("");
  const sleeping = sleep === null ? "off" : sleep === "song" ? "song" : minutes;
  return (
    <Stack gap="sm">
      <NativeSelect
        label={t.gain}
        value={settings.gain}
        data={(["album", "track", "off"] as const).map((value) => ({ value, label: t.gains[value] }))}
        onChange={({ currentTarget: { value } }) => change({ gain: value as GainMode })}
      />
      <NativeSelect
        label={t.crossfade}
        value={String(settings.crossfadeSeconds)}
        data={crossfades.map((value) => ({ value: String(value), label: t.crossfades(value) }))}
        onChange={({ currentTarget: { value } }) => change({ crossfadeSeconds: Number(value) })}
      />
      <NativeSelect
        label={t.speed}
        value={String(settings.speed)}
        data={speeds.map((value) => ({ value: String(value), label: `${value} ×` }))}
        onChange={({ currentTarget: { value } }) => change({ speed: Number(value) })}
      />
      <NativeSelect
        label={t.sleep}
        value={sleeping}
        data={[
          { value: "off", label: t.sleeps.off },
          { value: "song", label: t.sleeps.song },
          ...sleepMinutes.map((value) => ({ value: String(value), label: t.minutes(value) })),
        ]}
        onChange={({ currentTarget: { value } }) => {
          setMinutes(value);
          setSleep(value === "off" ? null : value === "song" ? "song" : Number(value));
        }}
      />
    </Stack>
  );
}
