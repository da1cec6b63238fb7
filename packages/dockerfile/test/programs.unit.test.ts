import { describe, expect, it } from 'vitest';
import { proposeImage } from '../src';
import { context, EMPTY, imageOf, imported, smallWorkspace } from './fixtures';

const run = (script: string): string => `FROM debian:trixie\nRUN ${script}\n`;

/** Returns "why | todo" of everything that is not imported from a text. */
function notImported(text: string): string {
  return imported(text)
    .report.notImported.map(({ why, todo }) => `${why} | ${todo}`)
    .join('\n');
}

describe('downloaded programs', () => {
  const sources = (text: string) =>
    imported(text).tools.map(({ name, definition }) => [name, (definition as { sources: object }).sources]);
  const release = (url: string, file: string, archNames?: object) => ({
    release: { url, files: { [file]: `bin/${file.split('/').at(-1)}` }, ...(archNames && { archNames }) },
  });

  it.each([
    [
      'not packed, with its own name',
      'curl -fsSLO https://x.invalid/v1.2.3/tool && chmod +x tool && mv tool /usr/local/bin/',
      release('https://x.invalid/v{version}/tool', 'tool'),
    ],
    [
      'not packed, into its folder',
      'wget -qO /usr/local/bin/tool https://x.invalid/1.2.3/tool-$(uname -m) && chmod 755 /usr/local/bin/tool',
      release('https://x.invalid/{version}/tool-{arch}', 'tool', { amd64: 'x86_64', arm64: 'aarch64' }),
    ],
    [
      'by redirection',
      'curl -s https://x.invalid/1.2.3/linux/$(dpkg --print-architecture)/tool > /usr/bin/tool',
      release('https://x.invalid/{version}/linux/{arch}/tool', 'tool'),
    ],
    [
      'through a pipe',
      'curl -sL https://x.invalid/tool-1.2.3.tgz | tar xz -C /usr/local/bin tool',
      release('https://x.invalid/tool-{version}.tgz', 'tool'),
    ],
    [
      'an archive with a folder',
      'cd /tmp && wget https://x.invalid/tool-1.2.3.tar.gz && tar -zxvf tool-1.2.3.tar.gz && install tool-1.2.3/tool /usr/local/bin && rm -rf /tmp/*',
      release('https://x.invalid/tool-{version}.tar.gz', 'tool-{version}/tool'),
    ],
    [
      'a zip',
      'curl -o t.zip https://x.invalid/1.2.3/t.zip && unzip t.zip tool -d /usr/local/bin',
      release('https://x.invalid/{version}/t.zip', 'tool'),
    ],
    [
      'one compressed file',
      'curl -L https://x.invalid/1.2.3/tool.gz | gunzip > /usr/local/bin/tool',
      release('https://x.invalid/{version}/tool.gz', 'tool'),
    ],
    [
      'by a link',
      'curl -L https://x.invalid/t-1.2.3.tar.xz | tar xJ -C /opt && ln -s /opt/t-1.2.3/bin/tool /usr/local/bin/tool',
      release('https://x.invalid/t-{version}.tar.xz', 't-{version}/bin/tool'),
    ],
    [
      'arch by a case',
      'case $(uname -m) in x86_64) A=64bit;; aarch64) A=arm64;; esac; curl -Lo /usr/local/bin/tool https://x.invalid/1.2.3/tool_$A',
      release('https://x.invalid/{version}/tool_{arch}', 'tool', { amd64: '64bit' }),
    ],
    [
      'arch by sed',
      'A=$(dpkg --print-architecture | sed "s/amd64/x64/") && curl -Lo /usr/local/bin/tool https://x.invalid/1.2.3/tool_$A',
      release('https://x.invalid/{version}/tool_{arch}', 'tool', { amd64: 'x64' }),
    ],
    [
      'a default',
      'curl -Lo /usr/local/bin/tool https://x.invalid/${V:-1.2.3}/tool',
      release('https://x.invalid/{version}/tool', 'tool'),
    ],
    [
      'a removed prefix',
      'T=v1.2.3 && curl -Lo /usr/local/bin/tool https://x.invalid/$T/tool_${T#v}',
      release('https://x.invalid/v{version}/tool_{version}', 'tool'),
    ],
  ])('%s', (_, script, source) => {
    expect(sources(run(script))).toEqual([['tool', source]]);
  });

  it('are reported if they cannot be tools', () => {
    expect(notImported(run('curl -L https://x.invalid/get.sh | sh'))).toContain('runs a downloaded script');
    expect(notImported(run('curl -Lo /usr/local/bin/tool https://x.invalid/latest/tool'))).toContain(
      'its URL contains no version',
    );
    expect(notImported(run('curl -Lo /usr/local/bin/tool http://x.invalid/1.2.3/tool'))).toContain(
      'only https:// URLs',
    );
    expect(
      notImported(run('curl -L https://x.invalid/t-1.2.3.tar.bz2 | tar xj -C /usr/local/bin tool')),
    ).toContain("can't be read");
    expect(
      notImported(
        run(
          'V=$(curl -s https://x.invalid/stable) && curl -Lo /usr/local/bin/tool https://x.invalid/$V/tool',
        ),
      ),
    ).toContain('the value of $(curl');
  });

  it('keep the checksum in the Dockerfile for the lock', () => {
    const [tool] = imported(
      run(
        `curl -Lo /usr/local/bin/tool https://x.invalid/1.2.3/tool && echo "${'c'.repeat(64)} */usr/local/bin/tool" | sha256sum -c`,
      ),
    ).tools;
    expect(tool?.checksums).toEqual({
      'linux/amd64': { url: 'https://x.invalid/1.2.3/tool', sha256: 'c'.repeat(64) },
      'linux/arm64': { url: 'https://x.invalid/1.2.3/tool', sha256: 'c'.repeat(64) },
    });
  });

  it('become tools of the workspace, with a question if the version differs', () => {
    const text = run('curl -Lo /usr/bin/kubectl https://dl.k8s.io/release/v1.30.0/bin/linux/amd64/kubectl');
    const { tools, image, report } = imported(text, undefined, smallWorkspace());
    expect([tools, (image as { tools: string[] }).tools]).toEqual([[], ['kubectl']]);
    expect(report.questions.map(({ text: question }) => question).join()).toContain(
      'the workspace has 1.36.4, the Dockerfile has 1.30.0',
    );
  });

  it('are reported with the folder that toolsDir names', () => {
    const text = run(
      'curl -Lo /usr/bin/tool https://x.invalid/1.2.3/tool && go install example.invalid/gopher@v1.0.0',
    );
    const request = { name: 'imported', text: `${text}ENV TOOL_VERSION=1.2.3\n`, context: context([]) };
    const { report } = proposeImage({ ...request, workspace: EMPTY, toolsDir: 'gear' });
    expect([...new Set(report.imported.map(({ where }) => where))]).toEqual([
      '"from" of image.json: Debian trixie',
      'gear/tool/tool.json',
      'gear/gopher/tool.json',
      '"version" of gear/tool/tool.json',
    ]);
    expect(JSON.stringify(report)).not.toContain('tools/');
  });

  it('are for amd64 only if the Dockerfile is', () => {
    const proposal = imported(run('curl -Lo /usr/bin/tool https://x.invalid/1.2.3/tool-amd64'));
    expect(imageOf(proposal)['platforms']).toEqual(['linux/amd64']);
  });
});
