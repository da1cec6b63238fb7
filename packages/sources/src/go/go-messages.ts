import type { Failure, FailureCode } from '@image-tooling/model';
import { fullDisk, lastLines, redact } from '@image-tooling/host';

/** The task of the go command that failed. */
export type GoPhase = 'lock' | 'fetch' | 'compile';

interface Reading {
  readonly pattern: RegExp;
  readonly phases?: readonly GoPhase[];
  readonly code: FailureCode;
  readonly message: (tool: string, match: RegExpExecArray) => string;
  readonly hint?: (tool: string, match: RegExpExecArray) => string;
}

const relock = (tool: string): string => `Run "npx nx run ${tool}:lock" and commit what it changes.`;
const tryAgain = (): string =>
  'See "go env GOPROXY" for the registry in use, then run the same command again.';

/**
 * The go command's errors and their failures, most specific first. It ends with 1 for all of them and reports them
 * as text (Go 1.27, cmd/go/internal/modfetch and modload; net; `syscall` for those of the operating system).
 */
const READINGS: readonly Reading[] = [
  {
    pattern: /(?:verifying )?(\S+@[^\s:/]+)\S*: checksum mismatch/,
    code: 'go-sum',
    message: (tool, match) =>
      `${tool}: the bytes of the Go module ${match[1]} differ from go.sum or from the checksum database.`,
    hint: () =>
      'If its go.sum was edited, restore it; otherwise the registry serves a changed module: ask its operator.',
  },
  {
    pattern: /malformed go\.sum/,
    code: 'go-sum',
    message: (tool) => `${tool}: go.sum is not in Go's format.`,
    hint: relock,
  },
  {
    pattern:
      /missing go\.sum entry|updates to go\.(?:mod|sum) needed|go\.mod file indicates|no required module provides/,
    code: 'lock-stale',
    message: (tool) => `${tool}: go.mod and go.sum lack modules that the tool is built from.`,
    hint: relock,
  },
  {
    pattern: /errors parsing go\.mod/,
    code: 'lock-tampered',
    message: (tool) => `${tool}: go.mod can't be read.`,
    hint: relock,
  },
  {
    pattern: /requires go >= ([\d.rc]+)/,
    code: 'go-toolchain',
    message: (tool, match) =>
      `${tool} needs Go ${match[1]} or later, which is newer than the pinned toolchain.`,
    hint: (tool, match) =>
      `Run "npx nx run ${tool}:lock --raise go@${releaseOf(match[1])}", or use an older version of the tool.`,
  },
  {
    pattern:
      /unknown revision|no matching versions|does not contain package|404 Not Found|410 Gone|no such file or directory/,
    phases: ['lock'],
    code: 'package-not-found',
    message: (tool) =>
      `${tool}: the registry has no such version of the module, or the module has no such package.`,
    hint: () => 'Compare version, module, package and replace in its tool.json with what the registry has.',
  },
  {
    pattern: /403 Forbidden/,
    phases: ['lock'],
    code: 'gone',
    message: (tool) => `${tool}: the registry in use refuses a Go module that this version needs.`,
    hint: () => 'Use another version, or ask the operator of the registry ("go env GOPROXY" shows it).',
  },
  {
    pattern: /404 Not Found|410 Gone|does not exist|no such file or directory/,
    phases: ['fetch'],
    code: 'network',
    message: (tool) => `${tool}: the registry in use does not have a Go module that is locked.`,
    hint: tryAgain,
  },
  {
    pattern:
      /no such host|connection refused|connection reset|i\/o timeout|TLS handshake|x509|unexpected EOF|\bEOF$|50[0234] |429 |40[137] |dial tcp|network is unreachable|module lookup disabled|refusing to pass credentials/m,
    code: 'network',
    message: (tool) => `${tool}: a Go module could not be fetched.`,
    hint: tryAgain,
  },
];

/** Returns the first release of a version that a go.mod may name, such as "1.30" or "1.30rc1" (go.dev/doc/toolchain). */
function releaseOf(version = ''): string {
  const [, minor = version, patch = '.0'] = /^(\d+\.\d+)(\.\d+)?/.exec(version) ?? [];
  return `${minor}${patch}`;
}

/** Returns the failure of a go command: by its stderr, with the last lines of that. */
export function goFailure(
  stderr: string,
  command: { readonly tool: string; readonly phase: GoPhase; readonly folder: string },
): Failure {
  const output = withoutDownloads(stderr);
  if (/no space left on device|disk quota exceeded/.test(output))
    return fullDisk(`working on ${command.tool}`, command.folder, lastLines(redact(output)));
  for (const { pattern, phases, code, message, hint } of READINGS) {
    const match = phases && !phases.includes(command.phase) ? null : pattern.exec(output);
    if (match)
      return {
        code,
        message: redact(message(command.tool, match)),
        ...(hint ? { hint: hint(command.tool, match) } : {}),
        details: lastLines(redact(output)),
      };
  }
  return unread(command, output);
}

/** Answers of a registry that another try does not change (cmd/go/internal/web, crypto/x509). */
const LASTING = /\b(?:404 Not Found|410 Gone|401 |403 |407 )|x509|module lookup disabled|no such file/;

/** Returns whether a network failure of `goFailure` would be the same with another try. */
export function isLasting({ details = [] }: Failure): boolean {
  return details.some((line) => LASTING.test(line));
}

const DOING: Readonly<Record<GoPhase, string>> = {
  lock: 'its Go modules could not be resolved',
  fetch: 'its Go modules could not be loaded',
  compile: 'it does not compile',
};

function unread(command: { readonly tool: string; readonly phase: GoPhase }, output: string): Failure {
  return {
    code: 'go-build',
    message: `${command.tool}: ${DOING[command.phase]}.`,
    details: lastLines(redact(output)),
  };
}

function withoutDownloads(stderr: string): string {
  return stderr
    .split('\n')
    .filter((line) => !line.startsWith('go: downloading '))
    .join('\n');
}
