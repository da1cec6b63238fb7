export { EMPTY_BODY, plainRequest, sha256Of, type PlainResponse, type RegistryAddress } from './get';
export {
  pushPlainBlob,
  pushPlainImage,
  pushPlainIndex,
  pushPlainManifest,
  seededBytes,
  type PushedImage,
} from './push';
export { rawBlob, rawManifest, tagsOf, type RawManifest } from './repository';
export { wholeAt } from './whole';
