import { it } from 'vitest';
import { fuzz } from '@image-tooling/testkit/fuzz';
import { DEFINITIONS } from './definitions-fuzz';

it('broken definitions are read or refused', () => fuzz(DEFINITIONS, 'short'));
