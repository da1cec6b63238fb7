import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { findDeb } from '../src/generators/tool/find/deb';
import type { Search } from '../src/generators/tool/find/types';

function searchOn(apt: string): Search {
  const bin = mkdtempSync(join(tmpdir(), 'apt-cache-'));
  onTestFinished(() => rmSync(bin, { recursive: true }));
  writeFileSync(join(bin, 'apt-cache'), `#!/bin/sh\n${apt}\n`, { mode: 0o755 });
  return {
    options: { name: 'bat', deb: 'bat', path: 'usr/bin/batcat' },
    root: bin,
    workspace: { images: new Map(), tools: new Map() },
    env: { PATH: `${bin}:/usr/bin:/bin` },
    context: {
      signal: new AbortController().signal,
      progress: { note: () => undefined, step: () => Promise.reject(new Error('no steps')) as never },
    },
  };
}

it("says that a version is that of this machine's apt, which may be Ubuntu's", async () => {
  const found = await findDeb('bat', searchOn('echo "  Candidate: 1:0.24.0-1ubuntu2"'));
  expect(found).toMatchObject({ ok: true, value: { version: '0.24.0' } });
  expect(found.ok && found.value.questions[0]).toMatchInlineSnapshot(
    `"Version 0.24.0 is the one in this machine's apt. If the images' release has another, "lock" lists it."`,
  );
});

it("asks for the version if this machine's apt lacks the package", async () => {
  const found = await findDeb('bat', searchOn('echo "  Candidate: (none)"'));
  expect(found).toMatchObject({ ok: false, failures: [{ code: 'usage' }] });
});
