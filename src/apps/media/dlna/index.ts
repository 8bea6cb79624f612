export { createDlna, type Dlna, type DlnaDeps } from "./service.ts";
