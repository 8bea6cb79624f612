import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { RuleDocument } from "#contract/security/guard";
import { query } from "#web/client.ts";
import { guard as t } from "#web/strings/guard.ts";
import type { Choices } from "./condition-field.tsx";

/** People by their login names, zones with the address sets of the rules. */
export function useChoices(document: RuleDocument | undefined): Choices {
  const people = useQuery(query("people.list", {}));
  return useMemo(() => {
    const fixed = (["household", "vpn", "outside"] as const).map((value) => ({ value, label: t.zones[value] }));
    const sets = Object.keys(document?.sets ?? {}).filter((name) => !fixed.some(({ value }) => value === name));
    return {
      zones: [...fixed, ...sets.map((value) => ({ value, label: value }))],
      people: (people.data?.people ?? []).map(({ name, displayName }) => ({ value: name, label: displayName })),
    };
  }, [people.data, document?.sets]);
}
