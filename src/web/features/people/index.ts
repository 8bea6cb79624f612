export { GroupsPage, PeopleLayout, PeoplePage, SpacesPage } from "./pages.tsx";
