export { placeAt, placeOf, type JsonDocument, type JsonPath, type Part } from './document';
export { formatFailure, formatFailures, type FormatOptions } from './format';
export { checkValue, parseJson, type Parsed, type ParseOptions } from './parse';
export { shownByFile } from './most';
export { syntaxFailures } from './syntax';
export { didYouMean, nearest } from './suggest';
export { visible } from './visible';
