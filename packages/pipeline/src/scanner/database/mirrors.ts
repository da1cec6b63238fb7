import type { ScannerName } from '@image-tooling/model';
import { grypeMirror } from './grype-mirror';
import type { DatabaseMirror } from './mirror';
import { trivyMirror } from './trivy-mirror';

export const MIRRORS: Readonly<Record<ScannerName, DatabaseMirror>> = {
  trivy: trivyMirror,
  grype: grypeMirror,
};
