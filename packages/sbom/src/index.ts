export * from './contents';
export { readCycloneDx } from './cyclonedx/read';
export { imagePurl, purl, purlOf } from './document/purl';
export { isOfThisVersion, sbomDocuments, type SbomDocuments } from './documents';
export { inventoryOf, type InventoryInput } from './inventory';
