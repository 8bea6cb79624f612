import { startSyncStub } from "./stub.ts";

/** The stub as a process of its own, so that its processor time can be told from the harness's. */
startSyncStub(Number(process.argv[2]));
