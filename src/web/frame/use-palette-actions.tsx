import { useMantineColorScheme } from "@mantine/core";
import { IconDeviceDesktop, IconMoon, IconSun } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import type { Node } from "#contract/apps/files/browse";
import { strings } from "#web/strings.ts";
import type { NavEntry } from "./nav.ts";
import type { PaletteEntry } from "./palette-entries.tsx";

export interface PaletteActions {
  readonly go: (to: NavEntry["to"]) => void;
  /** A folder is opened, a file shown in its folder. */
  readonly openNode: (node: Node) => void;
  /** All results, with the text of documents. */
  readonly search: (text: string) => void;
  readonly list: readonly PaletteEntry[];
}

const iconProps = { size: 20, stroke: 1.5, "aria-hidden": true } as const;

/** What the palette can do besides finding. */
export function usePaletteActions(): PaletteActions {
  const navigate = useNavigate();
  const { setColorScheme } = useMantineColorScheme();
  const t = strings.frame;
  const scheme = (value: "auto" | "light" | "dark", label: string, icon: PaletteEntry["icon"]): PaletteEntry => ({
    key: `scheme-${value}`,
    label: `${t.theme}: ${label}`,
    icon,
    run: () => setColorScheme(value),
  });
  return {
    go: (to) => void navigate({ to }),
    search: (q) => void navigate({ to: "/search", search: { q } }),
    openNode: (node) => {
      // A file of others to which nothing above it is shown.
      if (node.kind === "file" && node.parentId === null)
        return void navigate({ to: "/shared", search: { preview: node.id } });
      const folderId = node.kind === "folder" ? node.id : (node.parentId ?? node.id);
      const search = node.kind === "folder" ? {} : { at: node.id };
      void navigate({ to: "/files/$folderId", params: { folderId: String(folderId) }, search });
    },
    list: [
      scheme("auto", t.themeAuto, <IconDeviceDesktop {...iconProps} />),
      scheme("light", t.themeLight, <IconSun {...iconProps} />),
      scheme("dark", t.themeDark, <IconMoon {...iconProps} />),
    ],
  };
}
