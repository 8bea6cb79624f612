export { createDoctor, type DoctorDeps, renderReport, runDoctor } from "./service.ts";
