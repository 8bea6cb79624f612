import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";

/** The accent; shade 6 is the brand colour, shade 7 the first one that carries white text (WCAG AA). */
export const ember: MantineColorsTuple = [
  "#fff3ec",
  "#ffe3d3",
  "#ffc5a6",
  "#ffa375",
  "#ff8a50",
  "#f76b1c",
  "#e8590c",
  "#bf4405",
  "#a93c04",
  "#8a3003",
];

const gray: MantineColorsTuple = [
  "#fafafa",
  "#f4f4f5",
  "#ececee",
  "#e0e0e3",
  "#cfcfd4",
  "#a3a3ab",
  "#6d6d77",
  "#55555e",
  "#37373e",
  "#1c1c20",
];

const dark: MantineColorsTuple = [
  "#ededf0",
  "#c9c9cf",
  "#a4a4ae",
  "#8b8b96",
  "#3f3f47",
  "#303037",
  "#222227",
  "#19191d",
  "#131316",
  "#0c0c0e",
];

/** Every surface and measure that Mantine has no name for; CSS uses them as `var(--hearth-…)`. */
export const surfaces = {
  light: {
    "--hearth-page": "#ffffff",
    "--hearth-panel": gray[0],
    "--hearth-raised": "#ffffff",
    "--hearth-line": gray[3],
    "--hearth-hover": gray[1],
    "--hearth-selected": ember[0],
    "--hearth-selected-line": ember[2],
    "--hearth-accent": ember[7],
    "--hearth-text": gray[9],
    "--hearth-dimmed": gray[6],
    "--hearth-skeleton": gray[2],
    "--hearth-folder": ember[5],
    "--hearth-good": "#1c7c3c",
    "--hearth-soon": "#8a5a00",
    "--hearth-now": "#c92a2a",
    "--hearth-tint-image": "#6741d9",
    "--hearth-tint-video": "#c2255c",
    "--hearth-tint-audio": "#0b7285",
    "--hearth-tint-document": "#1864ab",
    "--hearth-added": "#e6f6ea",
    "--hearth-removed": "#fdecec",
  },
  dark: {
    "--hearth-page": dark[8],
    "--hearth-panel": dark[7],
    "--hearth-raised": dark[6],
    "--hearth-line": dark[5],
    "--hearth-hover": dark[6],
    "--hearth-selected": "#33200f",
    "--hearth-selected-line": "#70401c",
    "--hearth-accent": ember[4],
    "--hearth-text": dark[0],
    "--hearth-dimmed": dark[2],
    "--hearth-skeleton": dark[6],
    "--hearth-folder": ember[4],
    "--hearth-good": "#69db7c",
    "--hearth-soon": "#ffc94d",
    "--hearth-now": "#ff8787",
    "--hearth-tint-image": "#b197fc",
    "--hearth-tint-video": "#faa2c1",
    "--hearth-tint-audio": "#66d9e8",
    "--hearth-tint-document": "#74c0fc",
    "--hearth-added": "#14301c",
    "--hearth-removed": "#3a1717",
  },
} as const;

const measures = {
  "--hearth-rail-width": "72px",
  "--hearth-topbar-height": "56px",
  "--hearth-bottombar-height": "64px",
  "--hearth-inspector-width": "320px",
  "--hearth-focus": "0 0 0 2px var(--hearth-page), 0 0 0 4px var(--hearth-accent)",
  "--hearth-motion": "140ms cubic-bezier(0.2, 0, 0, 1)",
} as const;

/** Pixel sizes that script needs as numbers (virtual rows). */
export const sizes = {
  rowPx: 44,
  rowPhonePx: 60,
  tileMinPx: 168,
  tileMinPhonePx: 108,
  tileCaptionPx: 52,
  phoneBelowPx: 768,
  inspectorFromPx: 1100,
} as const;

export const theme = createTheme({
  primaryColor: "ember",
  primaryShade: 7,
  colors: { ember, gray, dark },
  white: "#ffffff",
  black: gray[9],
  fontFamily: "'Inter Variable', system-ui, -apple-system, 'Segoe UI', sans-serif",
  fontFamilyMonospace: "'JetBrains Mono Variable', ui-monospace, monospace",
  fontSizes: { xs: "12px", sm: "14px", md: "16px", lg: "20px", xl: "28px" },
  fontWeights: { regular: "400", medium: "550", bold: "550" },
  lineHeights: { xs: "1.35", sm: "1.45", md: "1.5", lg: "1.35", xl: "1.2" },
  spacing: { xs: "8px", sm: "12px", md: "16px", lg: "24px", xl: "32px" },
  radius: { xs: "4px", sm: "6px", md: "8px", lg: "12px", xl: "16px" },
  defaultRadius: "md",
  headings: {
    fontWeight: "550",
    sizes: {
      h1: { fontSize: "28px", lineHeight: "1.2" },
      h2: { fontSize: "20px", lineHeight: "1.35" },
      h3: { fontSize: "16px", lineHeight: "1.5" },
      h4: { fontSize: "14px", lineHeight: "1.45" },
    },
  },
  cursorType: "pointer",
  respectReducedMotion: true,
  focusRing: "auto",
  components: {
    Modal: {
      defaultProps: {
        centered: true,
        radius: "lg",
        overlayProps: { backgroundOpacity: 0.4 },
        // Its <header> would otherwise count as a second banner of the page.
        attributes: { header: { role: "presentation" } },
      },
    },
    // The focus ring of a field must not touch its label.
    InputWrapper: { styles: { label: { marginBottom: 4 } } },
    Text: { defaultProps: { size: "sm" } },
    Drawer: {
      defaultProps: { overlayProps: { backgroundOpacity: 0.4 }, attributes: { header: { role: "presentation" } } },
    },
    Tooltip: { defaultProps: { openDelay: 400, withinPortal: true } },
    ActionIcon: { defaultProps: { variant: "subtle", color: "gray" } },
    Menu: {
      defaultProps: {
        shadow: "md",
        transitionProps: { duration: 120 },
        // Inside the landmark of their button, and fixed so that scrolling areas do not clip them.
        withinPortal: false,
        floatingStrategy: "fixed",
        // Its empty presentational child is not allowed in a menu (ARIA 1.2, required owned elements).
        withInitialFocusPlaceholder: false,
      },
    },
  },
});

/** Mantine's own variables where its defaults fall short of AA on our surfaces, and the Hearth ones. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: { ...measures },
  light: {
    ...surfaces.light,
    "--mantine-color-body": surfaces.light["--hearth-page"],
    "--mantine-color-text": surfaces.light["--hearth-text"],
    "--mantine-color-dimmed": surfaces.light["--hearth-dimmed"],
    "--mantine-color-placeholder": surfaces.light["--hearth-dimmed"],
    "--mantine-color-error": surfaces.light["--hearth-now"],
    "--mantine-color-anchor": surfaces.light["--hearth-accent"],
    "--mantine-color-default-border": gray[4],
    "--mantine-color-gray-light-color": gray[8],
    "--mantine-color-ember-light-color": ember[8],
  },
  dark: {
    ...surfaces.dark,
    "--mantine-color-body": surfaces.dark["--hearth-page"],
    "--mantine-color-text": surfaces.dark["--hearth-text"],
    "--mantine-color-dimmed": surfaces.dark["--hearth-dimmed"],
    "--mantine-color-placeholder": surfaces.dark["--hearth-dimmed"],
    "--mantine-color-error": surfaces.dark["--hearth-now"],
    "--mantine-color-anchor": surfaces.dark["--hearth-accent"],
    "--mantine-color-default-border": dark[4],
    "--mantine-color-gray-light-color": dark[1],
    "--mantine-color-red-light-color": "#ffa8a8",
    "--mantine-color-ember-light-color": ember[3],
  },
});
