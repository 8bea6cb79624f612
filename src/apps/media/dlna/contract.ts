import { z } from "zod";
import { defineContract } from "#wire";

export const dlnaContract = defineContract({
  "dlna.status": {
    summary: "Whether televisions of the home network are served, where, and which have asked lately.",
    input: z.object({}),
    output: z.object({
      isOn: z.boolean(),
      /** Whose sight televisions have; null when it is off. */
      personName: z.string().nullable(),
      /** What stands in the way, for a person. */
      trouble: z.string().nullable(),
      /** Addresses it answers at. */
      addresses: z.array(z.string()),
      devices: z.array(z.object({ address: z.string(), agent: z.string(), atMs: z.int() })),
    }),
    permission: "server.read",
    effect: "read",
  },
});
