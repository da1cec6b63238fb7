import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  copyGoStore,
  createRig,
  fillGoStore,
  leftoversOf,
  steady,
  writeProxy,
  type WorkspaceRig,
} from '@image-tooling/testkit';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

const WORD = {
  path: 'example.invalid/word',
  version: 'v1.0.0',
  files: {
    'go.mod': 'module example.invalid/word\n\ngo 1.24\n',
    'word.go': 'package word\n\nconst Hello = "hello"\n',
  },
};
const HELLO = {
  path: 'example.invalid/hello',
  version: 'v1.0.0',
  files: {
    'go.mod': 'module example.invalid/hello\n\ngo 1.24\n\nrequire example.invalid/word v1.0.0\n',
    'main.go': 'package main\n\nimport "example.invalid/word"\n\nfunc main() { println(word.Hello) }\n',
  },
};
const TOOL = {
  description: 'Says hello',
  homepage: 'https://example.invalid',
  license: 'Apache-2.0',
  version: '1.0.0',
  sources: { go: { package: HELLO.path } },
};

let rig: WorkspaceRig;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  rig = await createRig();
  const store = join(inject('sharedFolder'), 'go-store');
  await fillGoStore(store);
  await copyGoStore(store, rig.store);
  const proxy = join(rig.folder, 'proxy');
  await writeProxy(proxy, [WORD, HELLO]);
  env = { GOPROXY: `file://${proxy}`, GOSUMDB: 'off' };
  await rig.write('tools/hello/tool.json', TOOL);
  await rig.must(['lock', 'hello'], env);
});
afterAll(() => rig.remove());

describe('a tool from Go modules', () => {
  it('is refused if a module does not match go.sum', async () => {
    const sums = await readFile(join(rig.folder, 'tools/hello/go.sum'), 'utf8');
    const edited = sums.replace(/^(example\.invalid\/word v1\.0\.0) h1:.*$/m, `$1 h1:${'A'.repeat(43)}=`);
    expect(edited).not.toBe(sums);
    await rig.write('tools/hello/go.sum', edited);
    const { exitCode, stderr } = await rig.run(['build', 'hello'], env);
    expect(exitCode).toBe(1);
    expect(steady(stderr, rig)).toMatchInlineSnapshot(`
      "error: hello: the bytes of the Go module example.invalid/word@v1.0.0 differ from go.sum or from the checksum database. (go-sum)
        verifying example.invalid/word@v1.0.0: checksum mismatch
          downloaded: h1:hbcRv03nP2/a7pquwY8UC5quWR5psmxti4Bu7mqmBMk=
          go.sum:     h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=

        SECURITY ERROR
        This download does NOT match an earlier download recorded in go.sum.
        The bits may have been replaced on the origin server, or an attacker may
        have intercepted the download attempt.

        For more information, see 'go help module-auth'.
        help: If its go.sum was edited, restore it; otherwise the registry serves a changed module: ask its operator.
      "
    `);
    expect(existsSync(join(rig.folder, 'tools/hello/dist'))).toBe(false);
    expect(await readdir(join(rig.store, 'tmp'))).toEqual([]);
    expect((await leftoversOf(rig.store)).processes).toEqual([]);
    await rig.write('tools/hello/go.sum', sums);
    expect(await rig.must(['build', 'hello'], env)).toContain('hello: tool layer  built');
  });
});
