export { SecurityLayout } from "./security-layout.tsx";
