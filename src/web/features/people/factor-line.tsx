import { IconShield, IconShieldCheck } from "@tabler/icons-react";
import type { Output } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { Status } from "#web/ui/index.ts";
import { factorsInWords } from "./factors-in-words.ts";
import classes from "./people.module.css";

const t = strings.people.factors;
const iconPx = 14;

export type Factors = Output<"factors.overview">["people"][number];

/** What protects an account beside its password. */
export function FactorLine({ factors }: { readonly factors: Factors }) {
  const words = factorsInWords(factors);
  if (words === null && factors.mustSetUp)
    return (
      <Status level="soon" sizePx={iconPx}>
        {t.mustSetUp}
      </Status>
    );
  const Shape = words === null ? IconShield : IconShieldCheck;
  return (
    <span className={classes.factor} data-good={words === null ? undefined : true}>
      <Shape size={iconPx} aria-hidden="true" /> {words ?? t.none}
    </span>
  );
}
