export * from './contents';
export { readCycloneDx } from './cyclonedx/read';
export { sbomDocuments, type SbomDocuments } from './documents';
export { inventoryOf, type InventoryInput } from './inventory';
