import { KEYS } from './keys';
import { LOGINS } from './logins';
import { TOKENS } from './tokens';

export { PKCS8, random } from './values';

export const SAMPLES = [...KEYS, ...LOGINS, ...TOKENS];
