import { fullDisk, isUntrusted, lastLines, redact, trustHint } from '@image-tooling/host';
import type { Failure, FailureCode } from '@image-tooling/model';
interface Reading {
  readonly codes: RegExp;
  readonly code: FailureCode;
  readonly message: (spec: string) => string;
  readonly hint: string;
}

const REGISTRY = 'See "npm config get registry" for the registry in use';

/** The failures for npm's codes (npm 10 and 11, "npm error code …"). */
const READINGS: readonly Reading[] = [
  {
    codes: /^(?:E404|ETARGET|ENOVERSIONS)$/,
    code: 'package-not-found',
    message: (spec) => `The npm registry has no ${spec}.`,
    hint: `Compare "package", "archNames" and "version" in the tool.json with what the registry has: npm view <package> versions. ${REGISTRY}.`,
  },
  {
    codes: /^EINTEGRITY$/,
    code: 'checksum',
    message: (spec) =>
      `The npm registry gave a file for ${spec} whose hash differs from the one that it reports.`,
    hint: 'Do not use this registry: ask its operator.',
  },
  {
    codes: /^(?:E401|E403|ENEEDAUTH|E407)$/,
    code: 'network',
    message: (spec) => `The npm registry, or a proxy before it, denies access to ${spec}.`,
    hint: 'Log in with "npm login", or put a token into .npmrc; then run the same command again.',
  },
  {
    codes: /^ENOTCACHED$/,
    code: 'network',
    message: (spec) => `npm is set to work offline, and ${spec} is not in the store.`,
    hint: 'Unset "offline" in .npmrc, or bring the store: image-tooling store import.',
  },
];

/**
 * Returns the failure of npm by its code, with its last lines.
 *
 * @param spec the package in npm's notation: "@esbuild/linux-x64@0.25.0"
 */
export function npmFailure(
  stderr: string,
  spec: string,
  { env, into }: { readonly env: NodeJS.ProcessEnv; readonly into: string },
): Failure {
  const [, npmCode = ''] = /^npm (?:ERR!|error) code (\S+)/m.exec(stderr) ?? [];
  const details = lastLines(redact(withoutLogs(stderr)), 6);
  if (npmCode === 'ENOSPC') return fullDisk(`fetching ${spec}`, into, details);
  const reading = READINGS.find(({ codes }) => codes.test(npmCode));
  if (reading) return { code: reading.code, message: reading.message(spec), hint: reading.hint, details };
  return {
    code: 'network',
    message: `npm could not fetch ${spec}${npmCode === '' ? '' : ` (${npmCode})`}.`,
    hint: isUntrusted(npmCode)
      ? `${trustHint(env)} npm's own setting is "cafile".`
      : `${REGISTRY}, and docs/networks.md for proxies; then run the same command again.`,
    details,
  };
}

/** npm's logs are in a folder that no longer exists. */
function withoutLogs(stderr: string): string {
  return stderr
    .split('\n')
    .filter((line) => !line.includes('complete log of this run'))
    .join('\n');
}
