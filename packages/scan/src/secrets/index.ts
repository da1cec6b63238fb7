export { secretsOfConfig, type ConfigTexts } from './config';
export { secretFindings, type ImageSecrets, type OwnedConfigSecret, type SearchedLayer } from './findings';
export type { ConfigSecret, FileSecret, LayerSecrets, SecretHit } from './hit';
export type { LayerFile, OpenLayer } from './layer-files';
export { recordOfSecrets, SECRETS_FORMAT, secretsOfRecord, type LayerSecretsRecord } from './record';
export { isReported, notReported, type NotReported } from './reported';
export { SECRET_RULES } from './rules';
export { secretsOfLayer } from './scan-layer';
