export { placeAt, placeOf, type JsonDocument, type JsonPath, type Part } from './document';
export { excerptOf, positionAt, type Position } from './excerpt';
export { parseJson, type Parsed, type ParseOptions } from './parse';
export { didYouMean, nearest } from './suggest';
export { visible } from './visible';
