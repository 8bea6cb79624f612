import { runOwned } from "./setup/child.mjs";
import { householdData, withData } from "./setup/data.mjs";
import { prepareRuntime, root, serverFlags } from "./setup/install.mjs";

const bun = prepareRuntime({ withTools: false });
process.exitCode = await runOwned(bun, [...serverFlags, `${root}/src/cli.ts`, ...process.argv.slice(2)], {
  env: withData(householdData()),
});
