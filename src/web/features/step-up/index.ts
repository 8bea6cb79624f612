export { StepUpHost } from "./host.tsx";
