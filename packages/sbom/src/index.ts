export * from './contents';
export { readCycloneDx } from './cyclonedx/read';
export { cycloneDxOf, isOfThisVersion, sbomDocuments, type SbomDocuments } from './documents';
export { inventoryOf, type InventoryInput } from './inventory';
export { loadPurls, type Purls } from './purls';
