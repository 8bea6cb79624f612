/** Runs before the first paint, so that a chosen colour scheme never flashes the other one. */
const stored = localStorage.getItem("mantine-color-scheme-value");
const systemDark = matchMedia("(prefers-color-scheme: dark)").matches;
const dark = stored === "dark" || (stored !== "light" && systemDark);
document.documentElement.dataset["mantineColorScheme"] = dark ? "dark" : "light";
