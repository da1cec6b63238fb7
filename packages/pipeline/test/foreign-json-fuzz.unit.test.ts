import { it } from 'vitest';
import { fuzz } from '@image-tooling/testkit/fuzz';
import { FOREIGN_JSON } from './foreign-json-fuzz';

it('broken configs and manifests are read or refused', () => fuzz(FOREIGN_JSON, 'short'));
