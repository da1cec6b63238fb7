export * from './contents';
export { readCycloneDx } from './cyclonedx/read';
export { isOfThisVersion, sbomDocuments, type SbomDocuments } from './documents';
export { inventoryOf, type InventoryInput } from './inventory';
export { loadPurls, type Purls } from './purls';
