import { SEVERITIES, type Severity } from '@image-tooling/model';

/** Returns a scanner's severity in our words: "CRITICAL", "High"; Debian's and Grype's "Negligible" is low. */
export function severityOf(text = 'unknown'): Severity {
  const word = text.toLowerCase();
  if (word === 'negligible') return 'low';
  return SEVERITIES.find((one) => one === word) ?? 'unknown';
}
