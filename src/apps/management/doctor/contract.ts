import { z } from "zod";
import { defineContract } from "#wire";

export const DoctorFinding = z.object({
  /** What was looked at, as `tool.ffmpeg` or `volume.main.mounted`. */
  id: z.string(),
  /** `warning`: something works less well or is off. `error`: data or the service is at risk. */
  state: z.enum(["ok", "warning", "error"]),
  /** One sentence about what is. */
  message: z.string(),
  /** The command line or act that mends it; null when there is nothing to mend. */
  remedy: z.string().nullable(),
  /** What is off because of it; null when nothing is. */
  feature: z.string().nullable(),
});
export type DoctorFinding = z.infer<typeof DoctorFinding>;

export const doctorContract = defineContract({
  "doctor.report": {
    summary: "What this machine lacks, what is off because of it, and what mends it.",
    input: z.object({}),
    output: z.object({ findings: z.array(DoctorFinding) }),
    permission: "server.read",
    effect: "read",
  },
});
