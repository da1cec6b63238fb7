import { join } from 'node:path';
import type { Arch } from '@image-tooling/model';
import type { GoPaths } from './paths';
import type { Toolchain } from './installed-toolchain';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The user's variables that are passed to a go command with network access, besides Go's own settings. */
const NETWORK_VARIABLES = [
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'],
  ...['SSL_CERT_FILE', 'SSL_CERT_DIR', 'NETRC', 'HOME', 'XDG_CONFIG_HOME'],
  ...['SSH_AUTH_SOCK', 'GIT_SSH_COMMAND', 'GIT_SSL_CAINFO', 'GIT_CONFIG_GLOBAL'],
] as const;

/** `go help environment`: all variables that decide where modules come from and how they are verified. */
export const REGISTRY_SETTINGS = [
  ...['GOPROXY', 'GONOPROXY', 'GOSUMDB', 'GONOSUMDB', 'GOPRIVATE', 'GOINSECURE', 'GOAUTH', 'GOVCS'],
] as const;

/**
 * Returns the whole environment of a go command without network access. It has nothing from the host, so the
 * same inputs give the same bytes anywhere. `go help environment` names the variables.
 */
export function offlineEnvironment(
  toolchain: Toolchain,
  paths: GoPaths,
  where: { readonly home: string; readonly arch: Arch },
): Environment {
  return {
    ...fixedSettings(toolchain, paths, where.arch),
    PATH: join(toolchain.root, 'bin'),
    HOME: where.home,
    TMPDIR: where.home,
    GOPROXY: 'off',
    GOSUMDB: 'off',
    GOVCS: '*:off',
  };
}

/** Returns the environment of a go command that fetches: the same, with the user's registries and proxies. */
export function fetchEnvironment(
  toolchain: Toolchain,
  paths: GoPaths,
  where: { readonly temporary: string; readonly arch: Arch },
  host: { readonly env: Environment; readonly registries: Environment },
): Environment {
  return {
    ...Object.fromEntries(NETWORK_VARIABLES.map((name) => [name, host.env[name]])),
    ...host.registries,
    ...fixedSettings(toolchain, paths, where.arch),
    PATH: [join(toolchain.root, 'bin'), host.env['PATH']].filter(Boolean).join(':'),
    TMPDIR: where.temporary,
    GIT_TERMINAL_PROMPT: '0',
  };
}

function fixedSettings(toolchain: Toolchain, paths: GoPaths, arch: Arch): Environment {
  return {
    CGO_ENABLED: '0',
    GOOS: 'linux',
    GOARCH: arch,
    GOAMD64: 'v1',
    GOARM64: 'v8.0',
    GOROOT: toolchain.root,
    GOTOOLCHAIN: 'local',
    GOENV: 'off',
    GOFLAGS: '',
    GOWORK: 'off',
    GO111MODULE: 'on',
    GOTELEMETRY: 'off',
    GOCACHE: paths.build,
    GOMODCACHE: paths.modules,
    GOPATH: paths.path,
    LC_ALL: 'C',
  };
}
