import { setPriority } from "node:os";
import { serve } from "#platform/thread";
import { groupDuplicates } from "./duplicate-groups.ts";
import type { DuplicateCalls } from "./duplicates-protocol.ts";

const niceness = 10;
setPriority(niceness);

serve<DuplicateCalls>({ group: groupDuplicates });
