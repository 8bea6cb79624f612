import { describeMachine } from "./kit/environment.ts";
import { type Parts, runParts } from "./kit/parts.ts";
import type { Settings } from "./kit/types.ts";
import { searchQuestions } from "./search/questions.ts";

const parts: Parts = {
  questions: searchQuestions,
};

/** Runs the parts asked for (all by default), prints and stores the results; returns the exit code. */
export async function runSearchSuite(settings: Settings): Promise<number> {
  await runParts(settings, parts, describeMachine(settings.tempRoot, []));
  return 0;
}
