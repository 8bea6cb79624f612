export { IndexState } from "./index-state.tsx";
