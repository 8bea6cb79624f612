import type { z } from "zod";
import type { Clock } from "#platform/clock";
import type { CertificatesState } from "./contract.ts";

interface CertificatesDeps {
  readonly clock: Clock;
}

export interface Certificates {
  read(): z.infer<typeof CertificatesState>;
}

export function createCertificates(deps: CertificatesDeps): Certificates {
  return { read: () => ({ asOfMs: deps.clock.now() }) };
}
