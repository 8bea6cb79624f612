import { IconListSearch, IconUser } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { Capability } from "#wire";
import type { Output } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { FileIcon } from "#web/ui/index.ts";
import { navEntries } from "./nav.ts";
import type { PaletteActions } from "./use-palette-actions.tsx";

export interface PaletteEntry {
  readonly key: string;
  readonly label: string;
  readonly hint?: string;
  readonly icon: ReactNode;
  readonly run: () => void;
}

interface PaletteGroup {
  readonly label: string;
  readonly entries: readonly PaletteEntry[];
}

const iconPx = 20;
const shownPeople = 5;

/** True when every word of `text` begins somewhere in `label`. */
function fits(label: string, text: string): boolean {
  const at = label.toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .filter(Boolean)
    .every((word) => at.includes(word));
}

/** What the palette offers for a text; groups without a hit are left out. */
export function paletteGroups(given: {
  readonly text: string;
  readonly can: (capability: Capability) => boolean;
  readonly hits: Output<"search.find">["hits"];
  readonly people: Output<"people.list">["people"];
  readonly actions: PaletteActions;
}): readonly PaletteGroup[] {
  const { text, actions } = given;
  const t = strings.frame.palette;
  const pages = navEntries(given.can)
    .filter((entry) => fits(entry.label, text))
    .map((entry) => ({
      key: entry.to,
      label: entry.label,
      icon: <entry.icon size={iconPx} stroke={1.5} aria-hidden="true" />,
      run: () => actions.go(entry.to),
    }));
  const files = given.hits.map(({ node, folderPath }) => ({
    key: `file-${node.id}`,
    label: node.name,
    hint: folderPath,
    icon: <FileIcon node={node} sizePx={iconPx} />,
    run: () => actions.openNode(node),
  }));
  const everywhere: PaletteEntry = {
    key: "search",
    label: t.everywhere(text.trim()),
    icon: <IconListSearch size={iconPx} stroke={1.5} aria-hidden="true" />,
    run: () => actions.search(text.trim()),
  };
  const people = given.people
    .filter((person) => fits(`${person.displayName} ${person.name}`, text))
    .slice(0, shownPeople)
    .map((person) => ({
      key: `person-${person.id}`,
      label: person.displayName,
      hint: person.name,
      icon: <IconUser size={iconPx} stroke={1.5} aria-hidden="true" />,
      run: () => actions.go("/people"),
    }));
  return [
    { label: t.files, entries: text.trim() === "" ? files : [...files, everywhere] },
    { label: t.pages, entries: pages },
    { label: t.people, entries: people },
    { label: t.actions, entries: actions.list.filter((entry) => fits(entry.label, text)) },
  ].filter((group) => group.entries.length > 0);
}
