import { describe, expect, it } from 'vitest';
import { checkFailures, formatFailures, judgeListing, judgeSize, type CheckInput } from '../src';
import { fileCheck, INPUT, listing, reportOf, withImage, withTool } from './checks-fixtures';

/** Returns the failure text of checks on these files; "passed" if all pass. */
function told(input: CheckInput, ...lines: string[]): string {
  const failures = checkFailures(reportOf(...judgeListing(input, listing(...lines))));
  return failures.length === 0 ? 'passed' : formatFailures(failures);
}

describe('a file check', () => {
  const work = fileCheck('/work', { mode: '1777', owner: 'root:root' });

  it.each([
    ['mode and owner', work, ['1777 root:root /work/']],
    ['owner by number', fileCheck('/a', { owner: '1000:1000' }), ['0644 toolbox:toolbox /a']],
    ['owner without a group', fileCheck('/a', { owner: 'toolbox' }), ['0644 toolbox:root /a']],
    ['existence alone', fileCheck('/a'), ['0000 root:root /a']],
    ['absence', fileCheck('/b', { absent: true }), ['0644 root:root /a']],
    [
      'links on the way and at the end',
      fileCheck('/bin/sh', { mode: '0755' }),
      [
        '0777 root:root /bin -> usr/bin',
        '0755 root:root /usr/',
        '0755 root:root /usr/bin/',
        '0777 root:root /usr/bin/sh -> ../../usr/./bin/dash',
        '0755 root:root /usr/bin/dash',
      ],
    ],
    ['a name with a space and a line end', fileCheck('/a b\nc'), [] as string[]],
  ])('%s passes', (_, check, lines) => {
    const odd = check.file.includes(' ') ? 'f 644 0 0 root root 0 /a b\nc\0' : '';
    const outcomes = judgeListing(withImage('app', check), listing(...lines) + odd);
    expect(outcomes.filter(({ passed }) => !passed)).toEqual([]);
    expect(outcomes.at(-1)?.id).toBe('image/app/1');
  });

  it('fails with mode and owner', () => {
    expect(told(withImage('base', work), '0755 toolbox:toolbox /work/')).toMatchInlineSnapshot(`
      "error: image base: /work has mode 0755, belongs to toolbox:toolbox (1000:1000), expected mode 1777, owner root:root. (check-failed)
        expected: mode 1777, owner root:root
        actual:   has mode 0755, belongs to toolbox:toolbox (1000:1000)"
    `);
  });

  it('fails if a file is missing, and if a forbidden one is there', () => {
    const input = withImage('base', fileCheck('/a'), fileCheck('/b', { absent: true }));
    expect(told(input, '0644 root:root /b')).toMatchInlineSnapshot(`
      "error: image base: /a is not there. (check-failed)
        expected: there
        actual:   is not there

      error: image base: /b is there, and must not be. (check-failed)
        expected: not there
        actual:   is there, and must not be

      2 errors"
    `);
  });

  it('fails on a dangling link, and on a cycle of links', () => {
    const input = withImage('base', fileCheck('/a'), fileCheck('/b', { mode: '0755' }));
    expect(told(input, '0777 root:root /a -> gone', '0777 root:root /b -> c', '0777 root:root /c -> b'))
      .toMatchInlineSnapshot(`
        "error: image base: /a is a link to gone, which leads nowhere. (check-failed)
          expected: there
          actual:   is a link to gone, which leads nowhere

        error: image base: /b is a link to c, which leads nowhere, expected mode 0755. (check-failed)
          expected: mode 0755
          actual:   is a link to c, which leads nowhere

        2 errors"
      `);
  });

  it("of a tool has the tool's version filled in", () => {
    const input = withTool('x', '1.2', fileCheck('/opt/x-{version}/x', { mode: '0755' }));
    expect(
      told(input, '0755 root:root /opt/', '0755 root:root /opt/x-1.2/', '0755 root:root /opt/x-1.2/x'),
    ).toBe('passed');
    expect(told(input, '0755 root:root /opt/')).toContain('tool x: /opt/x-1.2/x is not there');
  });
});

describe('setuid and setgid files', () => {
  const debian = ['4755 root:root /usr/bin/su', '2755 root:shadow /usr/sbin/unix_chkpwd'];
  const own = '4755 root:root /usr/bin/ping';

  it('passes Debian’s own files, allowed files, and folders', () => {
    const links = ['0777 root:root /bin -> usr/bin', '0755 root:root /usr/', '0755 root:root /usr/bin/'];
    expect(told(INPUT, ...debian, '2775 root:root /var/mail/')).toBe('passed');
    expect(told({ ...INPUT, setuid: ['/usr/bin/ping'] }, own)).toBe('passed');
    expect(told({ ...INPUT, setuid: ['/bin/ping'] }, ...links, own)).toBe('passed');
  });

  it('fails for all other files', () => {
    expect(told(INPUT, ...debian, own, '2755 root:toolbox /opt/x')).toMatchInlineSnapshot(`
      "error: app has 2 setuid or setgid files beyond Debian's own and those in "setuid": /opt/x (2755, root:toolbox) and 1 more. (check-failed)
        expected: no setuid or setgid file beyond Debian's own and those in "setuid"
        actual:   2 setuid or setgid files
        | /opt/x (2755, root:toolbox)
        | /usr/bin/ping (4755, root:root)
        help: Remove the bit, or add the file to "setuid" in app's image.json."
    `);
  });

  it('fails if one of Debian’s is at another path', () => {
    expect(told(INPUT, '4755 root:root /usr/local/bin/su')).toContain('/usr/local/bin/su (4755, root:root)');
  });
});

describe('world-writable folders', () => {
  it('pass with the sticky bit; links, files and engines’ mounts are ignored', () => {
    const lines = [
      '1777 root:root /tmp/',
      '0777 root:root /link -> tmp',
      '0666 root:root /etc/x',
      '0777 root:root /dev/shm/',
      '0777 root:root /run/image-checks/',
      '0777 root:root /proc/',
    ];
    expect(told(INPUT, ...lines)).toBe('passed');
  });

  it('fail without it', () => {
    expect(told(INPUT, '0777 root:root /work/', '0777 toolbox:toolbox /opt/a/')).toMatchInlineSnapshot(`
      "error: app has 2 world-writable folders without the sticky bit: /opt/a (0777, toolbox:toolbox) and 1 more. (check-failed)
        expected: no world-writable folder without the sticky bit
        actual:   2 world-writable folders
        | /opt/a (0777, toolbox:toolbox)
        | /work (0777, root:root)
        help: Any user could replace other users' files there. Set mode 1777 or 0755 in "directories" of image.json."
    `);
  });
});

describe('leftovers', () => {
  it.each([
    '/tmp/go-build1/',
    '/var/tmp/x',
    '/var/lib/apt/lists/mirror_InRelease',
    '/var/cache/apt/pkgcache.bin',
    '/var/cache/apt/archives/jq_1.7_amd64.deb',
    '/opt/jq.deb',
    '/var/cache/ldconfig/aux-cache',
    '/var/cache/debconf/templates.dat-old',
    '/var/lib/dpkg/status-old',
    '/etc/passwd-',
    '/etc/ssh/ssh_config.dpkg-old',
    '/root/.cache/pip/http/a',
    '/home/somebody/.cache/x',
    '/home/toolbox/.npm/_cacache/index',
    '/home/toolbox/.cache/go-build/00/a',
    '/root/go/pkg/mod/cache/lock',
  ])('fail: %s', (path) => {
    expect(told(INPUT, `0644 root:root ${path}`)).toContain(
      `left over from its build: ${path.replace(/\/$/, '')} (`,
    );
  });

  it.each([
    '/tmp/',
    '/var/cache/apt/archives/partial/',
    '/var/lib/apt/lists/partial/',
    '/home/toolbox/.cache/',
    '/home/toolbox/.bashrc',
    '/var/cache/debconf/templates.dat',
    '/usr/lib/x86_64-linux-gnu/gconv/gconv-modules.cache',
    '/usr/share/doc/tool/licenses/cache@v1/LICENSE',
    '/usr/share/doc/household',
  ])('pass: %s', (path) => {
    expect(told(INPUT, `1755 root:root ${path}`)).toBe('passed');
  });

  it('fail in the home that the config names', () => {
    const input = { ...INPUT, config: { ...INPUT.config, env: { HOME: '/opt/app.d' } } };
    expect(told(input, '0644 root:root /opt/app.d/.cache/x')).toContain('/opt/app.d/.cache/x');
    expect(told(input, '0644 root:root /opt/appsd/.cache/x')).toBe('passed');
  });

  it('are counted if there are many', () => {
    const many = Array.from({ length: 23 }, (_, at) => `0644 root:root /tmp/file-${at + 10}`);
    expect(told(INPUT, ...many)).toMatchInlineSnapshot(`
      "error: app has 23 files left over from its build: /tmp/file-10 (temporary) and 22 more. (check-failed)
        expected: no file left over from its build
        actual:   23 files
        | /tmp/file-10 (temporary)
        | /tmp/file-11 (temporary)
        | /tmp/file-12 (temporary)
        | /tmp/file-13 (temporary)
        | /tmp/file-14 (temporary)
        | /tmp/file-15 (temporary)
        | /tmp/file-16 (temporary)
        | /tmp/file-17 (temporary)
        | /tmp/file-18 (temporary)
        | /tmp/file-19 (temporary)
        | /tmp/file-20 (temporary)
        | /tmp/file-21 (temporary)
        | /tmp/file-22 (temporary)
        | /tmp/file-23 (temporary)
        | /tmp/file-24 (temporary)
        | /tmp/file-25 (temporary)
        | /tmp/file-26 (temporary)
        | /tmp/file-27 (temporary)
        | /tmp/file-28 (temporary)
        | /tmp/file-29 (temporary)
        | and 3 more
        help: Remove it where it is made: in the folder of added files, or in the layer of the tool."
    `);
  });
});

describe('an invalid listing', () => {
  it.each(['', 'f 644 0 0 root root 1 /a\0', `${listing('0644 root:root /a')}f 644 0 0 ro`, 'find: no\0'])(
    'fails all file checks: %j',
    (text) => {
      const outcomes = judgeListing(withImage('app', fileCheck('/b', { absent: true })), text);
      expect(outcomes.map(({ id, passed }) => [id, passed])).toEqual([['always/listing', false]]);
    },
  );

  it('is reported', () => {
    const outcomes = judgeListing(INPUT, 'find: unknown predicate\n');
    expect(formatFailures(checkFailures(reportOf(...outcomes)))).toMatchInlineSnapshot(`
      "error: The files of the image could not be listed, so none of them was checked. (check-failed)
        command:  find / -xdev -printf '%y %m %U %G %u %g %s %p\\0' -type l -printf '%l\\0'
        expected: a record for each file, each ended by NUL
        actual:   24 characters, the last of them "find: unknown predicate\\n"
        help: Check that "find" of GNU findutils is in the image and works there."
    `);
  });
});

describe('the compressed size', () => {
  it('is reported without a budget', () => {
    expect(judgeSize(INPUT)).toMatchObject({ passed: true, title: 'compressed size: 123.4 MB (no budget)' });
  });

  it('passes at the budget', () => {
    const input = { ...INPUT, budget: { compressed: '123.4MB' } };
    expect(judgeSize(input)).toMatchObject({ passed: true });
    expect(judgeSize({ ...input, compressedSize: INPUT.compressedSize + 1 })).toMatchObject({
      passed: false,
    });
  });

  it('fails above it', () => {
    const outcome = judgeSize({ ...INPUT, budget: { compressed: '120MB' } });
    expect(formatFailures(checkFailures(reportOf(outcome)))).toMatchInlineSnapshot(`
      "error: The layers of app are 123.4 MB compressed, 3.4 MB over the budget of 120MB. (check-failed)
        expected: at most 120MB
        actual:   123.4 MB
        help: Remove what is not needed, or raise "budget.compressed" in app's image.json."
    `);
  });
});
