export { AlbumPage } from "./album-page.tsx";
export { ArtistPage } from "./artist-page.tsx";
export { GenresPage } from "./genres-page.tsx";
export { AlbumsPage, ArtistsPage, SongsPage } from "./lists.tsx";
export { MusicLayout } from "./music-layout.tsx";
export { PlaylistPage } from "./playlist-page.tsx";
export { PlaylistsPage } from "./playlists-page.tsx";
