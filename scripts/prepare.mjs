import { prepareRuntime } from "./setup/install.mjs";

prepareRuntime({ withTools: true });
