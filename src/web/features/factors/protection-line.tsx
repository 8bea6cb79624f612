import { IconAlertTriangle, IconShieldCheck, IconShieldHalf } from "@tabler/icons-react";
import type { Output } from "#web/client.ts";
import classes from "./factors.module.css";
import { protectionOf } from "./protection.ts";

const icons = { good: IconShieldCheck, soon: IconShieldHalf, now: IconAlertTriangle } as const;

/** One true sentence about the account. */
export function ProtectionLine({ status }: { readonly status: Output<"factors.status"> }) {
  const { level, sentence } = protectionOf(status);
  const Shape = icons[level];
  return (
    <p className={classes.protection} data-level={level}>
      <Shape size={28} stroke={1.5} aria-hidden="true" />
      {sentence}
    </p>
  );
}
