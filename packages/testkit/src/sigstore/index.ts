export { identityToken, startSigstore, TEST_ISSUER, type LocalSigstore } from './servers';
