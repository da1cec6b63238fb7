import { it } from 'vitest';
import { fuzz } from '@image-tooling/testkit/fuzz';
import { FOREIGN_JSON } from './foreign-json-fuzz';

it('configs and manifests of any kind are read or refused', () => fuzz(FOREIGN_JSON, 'long'));
