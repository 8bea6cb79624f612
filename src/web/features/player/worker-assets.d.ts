/** Files that the build puts beside the scripts, as addresses. */
declare module "*.wasm" {
  const url: string;
  export default url;
}
declare module "*.woff2" {
  const url: string;
  export default url;
}
