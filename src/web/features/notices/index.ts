export { NoticeBanner } from "./notice-banner.tsx";
export { NoticeList } from "./notice-list.tsx";
