export { factorsUseCases } from "./routes.ts";
export { createFactors, type Factors } from "./service.ts";
