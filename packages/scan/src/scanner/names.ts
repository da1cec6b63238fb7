import type { ScannerName } from '@image-tooling/model';

/** What messages call a scanner. */
export const SCANNER_NAMES: Readonly<Record<ScannerName, string>> = { trivy: 'Trivy', grype: 'Grype' };

/**
 * The schema of databases that our versions of the scanners read (aquasecurity/trivy-db, pkg/db, SchemaVersion;
 * anchore/grype, grype/db/v6, ModelVersion).
 */
export const SCHEMA_VERSIONS: Readonly<Record<ScannerName, number>> = { trivy: 2, grype: 6 };
