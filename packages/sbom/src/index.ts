export * from './contents';
export { sbomDocuments, type SbomDocuments } from './documents';
export { inventoryOf, type InventoryInput } from './inventory';
