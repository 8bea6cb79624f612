import { Text } from "@mantine/core";
import {
  IconCertificate,
  IconChevronRight,
  IconDeviceMobile,
  IconFingerprint,
  IconLifebuoy,
  IconPassword,
  type Icon,
} from "@tabler/icons-react";
import { strings } from "#web/strings.ts";
import classes from "./proof.module.css";

export type Way = keyof typeof strings.proof.ways;

const icons: Readonly<Record<Way, Icon>> = {
  password: IconPassword,
  totp: IconDeviceMobile,
  passkey: IconFingerprint,
  "recovery-code": IconLifebuoy,
  certificate: IconCertificate,
};

/** The other ways to prove who one is; nothing when there is none. */
export function WayChoice<W extends Way>(props: { readonly ways: readonly W[]; onChoose(way: W): void }) {
  const t = strings.proof;
  if (props.ways.length === 0) return null;
  return (
    <div className={classes.ways} role="group" aria-label={t.otherWay}>
      <Text size="sm" c="dimmed">
        {t.otherWay}
      </Text>
      {props.ways.map((way) => {
        const Shape: Icon = icons[way];
        return (
          <button key={way} type="button" className={classes.way} onClick={() => props.onChoose(way)}>
            <Shape size={20} stroke={1.5} aria-hidden="true" />
            <span>{t.ways[way]}</span>
            <IconChevronRight size={16} stroke={1.5} aria-hidden="true" />
          </button>
        );
      })}
    </div>
  );
}
