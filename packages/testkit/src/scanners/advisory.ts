/** A vulnerability of one package, as a database of a scanner knows it. */
export interface Advisory {
  readonly id: string;
  readonly kind: 'deb' | 'go' | 'npm';
  /** Name of the source package, of the module or of the package of npm. */
  readonly name: string;
  /** All versions below are affected; undefined if all are. */
  readonly fixedIn?: string;
  readonly severity?: 'critical' | 'high' | 'medium' | 'low';
  readonly title?: string;
  /** Other ids of the same vulnerability. */
  readonly aliases?: readonly string[];
}

/** Advisories of packages that real databases have: a scan looks for one of each kind. */
export const CANARIES: readonly Advisory[] = [
  { id: 'CVE-2016-0001', kind: 'deb', name: 'openssl', fixedIn: '1.0.0-1' },
  { id: 'GO-2016-0001', kind: 'go', name: 'stdlib', fixedIn: '1.1.0' },
  { id: 'GHSA-canary-canary-npm1', kind: 'npm', name: 'lodash', fixedIn: '0.1.0' },
];
