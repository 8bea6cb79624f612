// Named one by one: their types written down here keep the compiler from working out those of a million numbers.
declare module "world-atlas/countries-50m.json" {
  const topology: unknown;
  export default topology;
}
declare module "world-atlas/countries-110m.json" {
  const topology: unknown;
  export default topology;
}
