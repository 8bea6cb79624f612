import { median } from "./stats.ts";
import type { Figure, PartResult, Verdict } from "./types.ts";
import { format } from "./verdict.ts";

function figureRow(figure: Figure): string {
  const subjects = Object.entries(figure.samples).map(([name, values]) => {
    const spread = values.length > 1 ? ` (${format(Math.min(...values))}–${format(Math.max(...values))})` : "";
    return `${name} **${format(median(values))}**${spread}`;
  });
  return `| ${figure.title} | ${figure.unit} | ${subjects.join(" · ")} |${figure.note ? ` ${figure.note} |` : " |"}`;
}

/** Every figure as the median and the range of its rounds. */
export function figuresTable(figures: readonly Figure[]): string {
  return ["| figure | unit | median (lowest–highest) | note |", "|-|-|-|-|", ...figures.map(figureRow)].join("\n");
}

/** Every target beside what was measured. */
export function verdictsTable(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map(
    (verdict) => `| ${verdict.title} | ${verdict.target} | ${verdict.measured} | ${verdict.met ? "met" : "SHORT"} |`,
  );
  return ["| what | target | measured | |", "|-|-|-|-|", ...rows].join("\n");
}

/** The same for a terminal: columns aligned, no Markdown. */
export function plainTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** Prints the figures of one part as soon as it has them. */
export function printPart(result: PartResult): void {
  for (const figure of result.figures) {
    console.log(`\n${figure.title} [${figure.unit}]${figure.note ? ` – ${figure.note}` : ""}`);
    const rows = Object.entries(figure.samples).map(([name, values]) => [
      `  ${name}`,
      format(median(values)),
      values.map(format).join(" "),
    ]);
    console.log(plainTable([["  ", "median", "rounds"], ...rows]));
  }
  if (result.verdicts.length > 0) console.log(`\n${plainTable(verdictRows(result.verdicts))}`);
}

export function verdictRows(verdicts: readonly Verdict[]): string[][] {
  return verdicts.map((verdict) => [
    `  ${verdict.title}`,
    verdict.target,
    verdict.measured,
    verdict.met ? "met" : "SHORT",
  ]);
}
