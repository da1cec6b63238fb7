import { describe, expect, it } from 'vitest';
import { goFailure, type GoPhase } from '../src/go/go-messages';

/** What the go command (1.27.3) wrote when each fault was made by hand; hosts replaced. */
const CASES: readonly (readonly [
  what: string,
  phase: GoPhase,
  stderr: string,
  code: string,
  message: string,
])[] = [
  [
    'other bytes than in go.sum',
    'fetch',
    'verifying go.yaml.in/yaml/v4@v4.0.0-rc.6/go.mod: checksum mismatch\n\tdownloaded: h1:aZ=\n\tgo.sum:     h1:zZ=\n\nSECURITY ERROR\n',
    'go-sum',
    'yq: the bytes of the Go module go.yaml.in/yaml/v4@v4.0.0-rc.6 differ from go.sum or from the checksum database.',
  ],
  [
    'an entry missing in go.sum',
    'fetch',
    'missing go.sum entry for module providing package github.com/mikefarah/yq/v4; to add:\n\tgo mod download github.com/mikefarah/yq/v4\n',
    'lock-stale',
    'yq: go.mod and go.sum lack modules that the tool is built from.',
  ],
  [
    'a go.mod that needs more',
    'compile',
    'go: updates to go.mod needed; to update it:\n\tgo mod tidy\n',
    'lock-stale',
    'yq: go.mod and go.sum lack modules that the tool is built from.',
  ],
  [
    'no such host',
    'fetch',
    'github.com/mikefarah/yq/v4@v4.53.6: Get "https://user:hunter2@proxy.invalid/x.zip": dial tcp: lookup proxy.invalid: no such host\n',
    'network',
    'yq: a Go module could not be fetched.',
  ],
  [
    'a locked module that is gone',
    'fetch',
    'a.invalid/x@v1.0.0: reading https://proxy.invalid/a.invalid/x/@v/v1.0.0.zip: 404 Not Found\n',
    'network',
    'yq: the registry in use does not have a Go module that is locked.',
  ],
  [
    'a version that does not exist',
    'lock',
    'go: a.invalid/x@v9.9.9: reading https://proxy.invalid/a.invalid/x/@v/v9.9.9.info: 404 Not Found\n',
    'package-not-found',
    'yq: the registry has no such version of the module, or the module has no such package.',
  ],
  [
    'a module that the registry refuses',
    'lock',
    'go: a.invalid/x/cmd imports\n\tb.invalid/y: b.invalid/y@v0.1.0: reading https://proxy.invalid/b.invalid/y/@v/v0.1.0.zip: 403 Forbidden\n\tserver response: This module version is not available.\n',
    'gone',
    'yq: the registry in use refuses a Go module that this version needs.',
  ],
  [
    'a locked module that the registry refuses',
    'fetch',
    'b.invalid/y@v0.1.0: reading https://proxy.invalid/b.invalid/y/@v/v0.1.0.zip: 403 Forbidden\n',
    'network',
    'yq: a Go module could not be fetched.',
  ],
  [
    'a module not fetched before an offline build',
    'compile',
    'a.invalid/x@v1.0.0: module lookup disabled by GOPROXY=off\n',
    'network',
    'yq: a Go module could not be fetched.',
  ],
  [
    'a toolchain that is too old',
    'lock',
    'go: a.invalid/x@v1.0.0 requires go >= 1.30.0 (running go 1.27.3; GOTOOLCHAIN=local)\n',
    'go-toolchain',
    'yq needs Go 1.30.0 or later, which is newer than the pinned toolchain.',
  ],
  [
    'a full disk',
    'compile',
    'go: writing /x: no space left on device\n',
    'disk-full',
    'No space left in /store/go while working on yq.',
  ],
  [
    'code that does not compile',
    'compile',
    '# a.invalid/x\n./x.go:3:2: undefined: y\n',
    'go-build',
    'yq: it does not compile.',
  ],
];

describe('errors of the go command', () => {
  it.each(CASES)('%s', (_, phase, stderr, code, message) => {
    expect(goFailure(stderr, { tool: 'yq', phase, folder: '/store/go' })).toMatchObject({ code, message });
  });

  it.each([
    ['1.30.0', '1.30.0'],
    ['1.30', '1.30.0'],
    ['1.30rc1', '1.30.0'],
  ])('tells how to lock Go %s, which is released as %s', (needed, released) => {
    const stderr = `go: a.invalid/x@v1.0.0 requires go >= ${needed} (running go 1.27.3; GOTOOLCHAIN=local)\n`;
    expect(goFailure(stderr, { tool: 'yq', phase: 'lock', folder: '/store/go' }).hint).toBe(
      `Run "npx nx run yq:lock --raise go@${released}", or use an older version of the tool.`,
    );
  });

  it('keeps the last lines, without the downloads and without passwords', () => {
    const stderr =
      'go: downloading a.invalid/x v1.0.0\nGet "https://user:hunter2@proxy.invalid/": no such host\n';
    expect(goFailure(stderr, { tool: 'yq', phase: 'fetch', folder: '/store/go' }).details).toEqual([
      'Get "https://***@proxy.invalid/": no such host',
    ]);
  });
});
