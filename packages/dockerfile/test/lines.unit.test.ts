import { describe, expect, it } from 'vitest';
import type { BuildContext } from '../src';
import { context, imageOf, imported, lists, smallWorkspace, workspaceOf } from './fixtures';

const run = (script: string): string => `FROM debian:trixie\nRUN ${script}\n`;

/** Returns "why | todo" of everything that is not imported from a text. */
function notImported(text: string, folderOf?: BuildContext): string {
  return imported(text, folderOf)
    .report.notImported.map(({ why, todo }) => `${why} | ${todo}`)
    .join('\n');
}

it('needs no chown of a home folder, also below an unpacked archive', () => {
  const archive = 'curl -O https://x.invalid/a-1.0.zip && unzip a-1.0.zip';
  const text = run(`${archive} && useradd -m -u 1001 ci && chown -R ci:ci /home/ci`);
  const { notNeeded } = imported(text).report;
  expect(notNeeded.map(({ why }) => why)).toContain('a home folder belongs to its user');
  expect(notImported(text)).not.toContain('/home');
});

describe('FROM', () => {
  it.each([
    ['debian:bookworm-slim', { debian: 'trixie' }],
    ['ubuntu:24.04', { debian: 'trixie' }],
    ['buildpack-deps:stable', { debian: 'trixie' }],
    [`debian:13@sha256:${'a'.repeat(64)}`, { registry: `docker.io/library/debian@sha256:${'a'.repeat(64)}` }],
    [
      `registry.example/team/base@sha256:${'b'.repeat(64)}`,
      { registry: `registry.example/team/base@sha256:${'b'.repeat(64)}` },
    ],
  ])('%s', (reference, from) => {
    expect(imageOf(imported(`FROM ${reference}\n`))['from']).toEqual(from);
  });

  it('uses the image of the workspace that is based on Debian', () => {
    expect(imageOf(imported('FROM debian\n', undefined, smallWorkspace()))['from']).toEqual({
      image: 'base',
    });
  });

  it('asks about another release, another system or an image of a language', () => {
    const questions = (from: string): string =>
      imported(`FROM ${from}\n`)
        .report.questions.map(({ text }) => text)
        .join();
    expect(questions('debian:bullseye')).toContain('Debian bullseye becomes Debian trixie');
    expect(questions('ubuntu:22.04')).toContain('packages have another name');
    expect(questions('alpine:3.20')).toContain('is Alpine');
    expect(questions('node:22')).toContain('nodejs, npm');
    expect(questions('debian:trixie-slim')).toBe('');
  });

  it('imports the last stage and the stages it is based on', () => {
    const text = 'FROM debian AS one\nENV A=1\nFROM debian AS two\nENV B=2\nFROM one\nENV C=3\n';
    expect(imageOf(imported(text))['config']).toEqual({ env: { A: '1', C: '3' } });
  });

  it('expands an ARG', () => {
    const text = 'ARG BASE=ubuntu\nFROM $BASE\nARG V=1\nENV X=$V\n';
    expect(imageOf(imported(text))['config']).toEqual({ env: { X: '1' } });
  });
});

describe('apt', () => {
  it.each([
    [
      'apt-get update && apt-get install -y --no-install-recommends jq less && rm -rf /var/lib/apt/lists/*',
      ['jq', 'less'],
    ],
    ['apt -qq update; DEBIAN_FRONTEND=noninteractive apt install -yq jq', ['jq']],
    ['sudo apt-get install jq=1.7* less/trixie git:amd64', ['git', 'jq', 'less']],
    ['PKGS="jq less" && apt-get install -y $PKGS', ['jq', 'less']],
    ['apt-get install -y curl jq && curl --version && apt-get purge -y curl', ['jq']],
    ['apt-get install -y apt-transport-https jq', ['jq']],
    ['set -eux; if [ "$(dpkg --print-architecture)" != "s390x" ]; then apt-get install -y jq; fi', ['jq']],
    ['--mount=type=cache,target=/var/cache/apt,sharing=locked apt-get install -y jq', ['jq']],
    ['["apt-get", "install", "-y", "jq"]', ['jq']],
  ])('%s', (script, packages) => {
    expect(imageOf(imported(run(script)))['packages']).toEqual(packages);
  });

  it('does not import package files and names that are only known in a build', () => {
    expect(
      notImported(
        run('curl -fsSLo /tmp/a.deb https://x.invalid/tool_1.2.3_amd64.deb && apt-get install -y /tmp/a.deb'),
      ),
    ).toContain('apt-cache policy tool');
    expect(notImported(run('apt-get install -y $EXTRA'))).toContain('is only known in a build');
  });

  it('asks for third-party archives, and imports no package of them', () => {
    const text = run(
      'echo "deb [signed-by=/k.gpg] https://apt.vendor.invalid/debian stable main" > /etc/apt/sources.list.d/v.list && apt-get update && apt-get install -y vendor-cli',
    );
    expect(notImported(text)).toContain(
      '"url":"https://apt.vendor.invalid/debian","suites":["stable"],"components":["main"]',
    );
    expect(notImported(text)).toContain('vendor-cli may come from the third-party archive');
    expect(imageOf(imported(text))['packages']).toBeUndefined();
  });
});

describe('settings', () => {
  it('keeps secrets out of definitions and the report', () => {
    const text =
      'FROM debian\nENV API_TOKEN=hunter2 A=b\nENV KEY_ID AKIAABCDEFGHIJKLMNOP\nARG DB_PASSWORD=hunter3\nRUN curl https://me:hunter4@x.invalid/y\n';
    const proposal = imported(text);
    expect(JSON.stringify(proposal)).not.toMatch(/hunter[234]|AKIA/);
    expect(imageOf(proposal)['config']).toEqual({ env: { A: 'b' } });
    expect(notImported(text)).toContain('API_TOKEN seems to contain a secret');
  });

  it.each([
    ['ENTRYPOINT ["a", "b c"]', { entrypoint: ['a', 'b c'] }],
    ['ENTRYPOINT []', { entrypoint: [] }],
    ['CMD a && b', { cmd: ['/bin/sh', '-c', 'a && b'] }],
    ['SHELL ["/bin/bash", "-c"]\nCMD a', { cmd: ['/bin/bash', '-c', 'a'] }],
    ['CMD ["one"]\nCMD ["two"]', { cmd: ['two'] }],
    ['WORKDIR /a\nWORKDIR b', { workdir: '/a/b' }],
    ['EXPOSE 80 443/tcp', { exposedPorts: ['80', '443/tcp'] }],
    ['LABEL a="b c" org.opencontainers.image.version=1', { labels: { a: 'b c' } }],
    [
      'ENV PATH=/opt/x/bin:$PATH',
      { env: { PATH: '/opt/x/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' } },
    ],
    ['ENV OLD style', { env: { OLD: 'style' } }],
    ['RUN useradd -m -u 1200 -s /bin/zsh dev\nUSER dev', { user: '1200:1200' }],
  ])('%s', (line, config) => {
    expect(imageOf(imported(`FROM debian\n${line}\n`))['config']).toEqual(config);
  });

  it('creates users, and sets HOME if the parent has another', () => {
    const image = imageOf(
      imported(
        'FROM debian\nRUN groupadd -g 2000 dev && useradd -g dev -u 1500 -d /dev-home dev\nUSER dev\n',
        undefined,
        smallWorkspace(),
      ),
    );
    expect(image['users']).toEqual([{ name: 'dev', uid: 1500, gid: 2000, home: '/dev-home' }]);
    expect(image['config']).toEqual({ env: { HOME: '/dev-home' }, user: '1500:2000' });
  });
});

describe('files', () => {
  const folder: BuildContext = {
    files: (path) =>
      [
        { path: 'etc/a.conf', executable: false },
        { path: 'bin/run.sh', executable: true },
      ].filter((file) => file.path === path || file.path.startsWith(`${path}/`)),
  };

  it("copies files of the Dockerfile's folder", () => {
    const proposal = imported(
      'FROM debian\nCOPY etc /etc/tool\nCOPY --chmod=0700 bin/run.sh /usr/local/bin/run\n',
      folder,
    );
    expect(proposal.files).toEqual([
      { path: '/etc/tool/a.conf', copyOf: 'etc/a.conf', executable: false },
      { path: '/usr/local/bin/run', copyOf: 'bin/run.sh', executable: true },
    ]);
    expect(imageOf(proposal)['modes']).toEqual({ '/usr/local/bin/run': '0700' });
  });

  it('writes files with text in the Dockerfile', () => {
    const text =
      'FROM debian\nARG WHO=me\nRUN printf "a %s\\n" "$WHO" > /etc/one && echo two >> /etc/one\nCOPY <<EOF /etc/three\nhi $WHO\nEOF\n';
    expect(imported(text).files).toEqual([
      { path: '/etc/one', content: 'a me\ntwo\n', executable: false },
      { path: '/etc/three', content: 'hi me\n', executable: false },
    ]);
  });

  it('does not import files that are not known', () => {
    expect(notImported('FROM debian\nCOPY . /app\n', folder)).toContain('copies the whole folder');
    expect(notImported('FROM debian\nCOPY gone /app\n', folder)).toContain('"gone" is not in the Dockerfile');
    expect(notImported('FROM debian\nCOPY --from=other/image /x /y\n', folder)).toContain(
      'copies from the image other/image',
    );
    expect(notImported('FROM debian\nRUN echo x >> /etc/bash.bashrc\n')).toContain(
      'appends to /etc/bash.bashrc',
    );
    expect(notImported('FROM debian\nRUN date > /etc/built\n')).not.toBe('');
  });

  it('writes no temporary files, and none that were removed', () => {
    expect(imported('FROM debian\nRUN echo x > /etc/x && rm /etc/x && echo y > /tmp/y\n').files).toEqual([]);
  });
});

describe('what the parent has', () => {
  const parent = workspaceOf({
    description: 'The system',
    from: { debian: 'trixie' },
    packages: ['less'],
    users: [{ name: 'toolbox', uid: 1000, home: '/home/toolbox', homeMode: '1777' }],
    directories: [{ path: '/work', mode: '1777' }],
    checks: [{ run: ['id'] }],
    platforms: ['linux/amd64'],
  });
  const from = (lines: string) => imported(`FROM debian\n${lines}\n`, context(['a']), parent);

  it("is not declared again: packages, folders; platforms are the parent's", () => {
    const image = imageOf(
      from('RUN apt-get install -y --no-install-recommends less jq && mkdir /work\nWORKDIR /work'),
    );
    expect(image).toEqual({
      description: 'imported, imported from a Dockerfile',
      from: { image: 'base' },
      packages: ['jq'],
      config: { workdir: '/work' },
      platforms: ['linux/amd64'],
    });
  });

  it('replaces a user with the same uid, who keeps the home folder if files are added to it', () => {
    const image = imageOf(from('RUN useradd -u 1000 me\nUSER me\nCOPY a /home/toolbox/.config/x/a'));
    expect(image).toMatchObject({
      config: { user: '1000:1000' },
      directories: [
        { path: '/home/toolbox', uid: 1000, gid: 1000, mode: '1777' },
        { path: '/home/toolbox/.config', uid: 1000, gid: 1000, mode: '0755' },
        { path: '/home/toolbox/.config/x', uid: 1000, gid: 1000, mode: '0755' },
      ],
    });
    expect(image).not.toHaveProperty('users');
  });

  it('has checks that may fail for another user', () => {
    const { report } = from('RUN useradd -u 1500 me\nUSER me');
    expect(report.questions.map(({ text }) => text).join()).toContain(
      'The checks of base also run in this image',
    );
  });
});

it('uses the names of packages in Debian trixie', () => {
  const { image, report } = imported(run('apt-get install -y --no-install-recommends dnsutils netcat'));
  expect(image).toMatchObject({ packages: ['bind9-dnsutils', 'netcat-openbsd'] });
  expect(report.questions.map(({ text }) => text)).toContain(
    'netcat is called netcat-openbsd in Debian trixie.',
  );
});

it('reports each command of a chain separately', () => {
  const { report } = imported('FROM debian\nRUN apt-get update && make install || true\n');
  expect(lists(report)).toEqual([
    'imported: FROM debian',
    'notNeeded: apt-get update',
    'notNeeded: true',
    'notImported: make install',
  ]);
});
