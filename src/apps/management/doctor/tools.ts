import { type Exec, installLine } from "#platform/exec";
import type { DoctorFinding } from "./contract.ts";

interface Tool {
  readonly program: string;
  /** What is off without it. */
  readonly feature: string;
}

const tools: readonly Tool[] = [
  { program: "ffmpeg", feature: "previews of videos" },
  { program: "ffprobe", feature: "length and size of videos and music" },
  { program: "pdftoppm", feature: "previews of PDF documents" },
  { program: "sync", feature: "copying of folders" },
  { program: "ip", feature: "the VPN" },
  { program: "wg", feature: "the VPN" },
  { program: "nft", feature: "the VPN and bans in the kernel" },
];

/** Which of the programs we drive are there. */
export function checkTools(exec: Pick<Exec, "which">): DoctorFinding[] {
  return tools.map(({ program, feature }) => {
    const path = exec.which(program);
    const id = `tool.${program}`;
    if (path !== null) return { id, state: "ok", message: `${program} is at ${path}`, remedy: null, feature: null };
    return {
      id,
      state: "warning",
      message: `${program} is not installed`,
      remedy: installLine(program) ?? null,
      feature,
    };
  });
}
