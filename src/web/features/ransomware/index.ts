export { RansomwareBanner } from "./ransomware-banner.tsx";
