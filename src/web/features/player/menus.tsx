import { ActionIcon, Menu, Text } from "@mantine/core";
import { IconBadgeCc, IconCheck, IconHeadphones, IconMinus, IconPlus, IconSettings } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { AudioTrack } from "./tracks.ts";
import { player as t } from "#web/strings/player.ts";
import classes from "./player.module.css";
import type { PlaybackView } from "./playback.ts";
import type { PlayerSettings } from "./settings.ts";
import type { SubtitleChoice } from "./tracks.ts";

const iconPx = 22;

interface ShellProps {
  readonly label: string;
  readonly icon: ReactNode;
  readonly children: ReactNode;
  readonly onOpen: (isOpen: boolean) => void;
}

/** A button of the bar with its menu, which scrolls where the screen is small. */
export function BarMenu({ label, icon, children, onOpen }: ShellProps) {
  return (
    <Menu position="top-end" onChange={onOpen} closeOnItemClick={false} returnFocus>
      <Menu.Target>
        <ActionIcon variant="transparent" c="white" size={44} aria-label={label} title={label}>
          {icon}
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown className={classes.menu}>{children}</Menu.Dropdown>
    </Menu>
  );
}

export function Choice(props: {
  readonly isChosen: boolean;
  readonly onChoose: () => void;
  readonly children: ReactNode;
  readonly isDisabled?: boolean;
}) {
  return (
    <Menu.Item
      aria-current={props.isChosen || undefined}
      disabled={props.isDisabled ?? false}
      onClick={props.onChoose}
      leftSection={<IconCheck size={16} aria-hidden="true" visibility={props.isChosen ? "visible" : "hidden"} />}
    >
      {props.children}
    </Menu.Item>
  );
}

const rungName = (id: string): string => (id === "original" ? t.qualityOriginal : id);

/** What is really playing, why, what it costs, what would help; and a choice. */
export function QualityMenu(props: {
  readonly view: PlaybackView;
  readonly onChoose: (rung: string | null) => void;
  readonly onOpen: (isOpen: boolean) => void;
}) {
  const { session, rung, chosenRung } = props.view;
  if (session === null) return null;
  const { label, reasons, wouldAvoid, choices, cost, method, startRung } = session.plan;
  const now = rung !== null && rung !== startRung ? `${rungName(rung)}` : label;
  const percent = Math.round(cost.machineShare * 100);
  return (
    <BarMenu label={t.quality} icon={<IconSettings size={iconPx} aria-hidden="true" />} onOpen={props.onOpen}>
      <Menu.Label>{t.qualityNow}</Menu.Label>
      <div className={classes.menuText} data-testid="quality">
        <Text fw={550}>{now}</Text>
        {method !== "direct" &&
          reasons
            .filter(({ text }) => !now.includes(text))
            .slice(0, 2)
            .map(({ code, text }) => (
              <Text key={code + text} size="xs" c="dimmed">
                {`${text[0]?.toUpperCase() ?? ""}${text.slice(1)}.`}
              </Text>
            ))}
        {percent > 0 && (
          <Text size="xs" c="dimmed">
            {t.cost(percent)}
          </Text>
        )}
        {wouldAvoid.length > 0 && (
          <Text size="xs" c="dimmed">
            {t.qualityHelp}: {wouldAvoid[0]}
          </Text>
        )}
      </div>
      <Menu.Label>{t.quality}</Menu.Label>
      <Choice isChosen={chosenRung === null} onChoose={() => props.onChoose(null)}>
        {t.qualityAuto}
      </Choice>
      {choices.length > 1 &&
        choices.map((id) => (
          <Choice key={id} isChosen={chosenRung === id} onChoose={() => props.onChoose(id)}>
            {rungName(id)}
          </Choice>
        ))}
    </BarMenu>
  );
}

export function AudioMenu(props: {
  readonly tracks: readonly AudioTrack[];
  readonly chosen: number | null;
  readonly onChoose: (index: number) => void;
  readonly onOpen: (isOpen: boolean) => void;
}) {
  if (props.tracks.length < 2) return null;
  return (
    <BarMenu label={t.audio} icon={<IconHeadphones size={iconPx} aria-hidden="true" />} onOpen={props.onOpen}>
      <Menu.Label>{t.audio}</Menu.Label>
      {props.tracks.map(({ index, name }) => (
        <Choice key={index} isChosen={index === props.chosen} onChoose={() => props.onChoose(index)}>
          {name}
        </Choice>
      ))}
    </BarMenu>
  );
}

const shiftStep = 0.5;

export function SubtitleMenu(props: {
  readonly choices: readonly SubtitleChoice[];
  readonly chosen: string | null;
  readonly size: PlayerSettings["subtitleSize"];
  readonly shiftSeconds: number;
  /** Drawn with looks of their own: their size is not ours to choose. */
  readonly isDrawn: boolean;
  /** Null when there is nothing to choose. */
  readonly isPlainText: boolean | null;
  readonly onPlainText: (isPlain: boolean) => void;
  readonly onChoose: (key: string | null) => void;
  readonly onSize: (size: PlayerSettings["subtitleSize"]) => void;
  readonly onShift: (seconds: number) => void;
  readonly onOpen: (isOpen: boolean) => void;
}) {
  if (props.choices.length === 0) return null;
  const { shiftSeconds } = props;
  return (
    <BarMenu label={t.subtitles} icon={<IconBadgeCc size={iconPx} aria-hidden="true" />} onOpen={props.onOpen}>
      <Menu.Label>{t.subtitles}</Menu.Label>
      <Choice isChosen={props.chosen === null} onChoose={() => props.onChoose(null)}>
        {t.subtitlesOff}
      </Choice>
      {props.choices.map(({ key, name, isPossible }) => (
        <Choice key={key} isChosen={key === props.chosen} isDisabled={!isPossible} onChoose={() => props.onChoose(key)}>
          {name}
        </Choice>
      ))}
      {props.isPlainText !== null && (
        <>
          <Menu.Label>{t.subtitleLooks}</Menu.Label>
          <Choice isChosen={!props.isPlainText} onChoose={() => props.onPlainText(false)}>
            {t.subtitleStyled}
          </Choice>
          <Choice isChosen={props.isPlainText} onChoose={() => props.onPlainText(true)}>
            {t.subtitlePlain}
          </Choice>
        </>
      )}
      {!props.isDrawn && (
        <>
          <Menu.Label>{t.subtitleSize}</Menu.Label>
          {(["small", "medium", "large"] as const).map((size) => (
            <Choice key={size} isChosen={size === props.size} onChoose={() => props.onSize(size)}>
              {t.subtitleSizes[size]}
            </Choice>
          ))}
        </>
      )}
      <Menu.Label>
        {t.subtitleShift} {t.subtitleShiftValue(shiftSeconds)}
      </Menu.Label>
      <Menu.Item
        leftSection={<IconMinus size={16} aria-hidden="true" />}
        onClick={() => props.onShift(shiftSeconds - shiftStep)}
      >
        {t.subtitleEarlier}
      </Menu.Item>
      <Menu.Item
        leftSection={<IconPlus size={16} aria-hidden="true" />}
        onClick={() => props.onShift(shiftSeconds + shiftStep)}
      >
        {t.subtitleLater}
      </Menu.Item>
    </BarMenu>
  );
}
