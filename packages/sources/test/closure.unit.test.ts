import { describe, expect, it } from 'vitest';
import { bootstrapClosure, missingPackages, parsePackages, indexPackages, type PackageIndex } from '../src';
import { shown } from './support';

type Fields = Record<string, string>;

function index(...packages: Fields[]): PackageIndex {
  const required = { Version: '1.0', Architecture: 'amd64', Filename: 'x.deb', Size: '1', SHA256: '0' };
  const stanzas = packages.map((fields) =>
    Object.entries({ ...required, ...fields })
      .map(([name, value]) => `${name}: ${value}\n`)
      .join(''),
  );
  return indexPackages(parsePackages(Buffer.from(stanzas.join('\n')), 'fixture').packages);
}

function names(of: PackageIndex, include: string[] = []): string[] {
  const closure = bootstrapClosure(of, { include });
  if (!closure.ok) throw new Error(shown(closure));
  return closure.value.map(({ name, version }) => (version === '1.0' ? name : `${name}=${version}`));
}

describe('bootstrapClosure', () => {
  it('takes essential, required and requested packages, and their dependencies', () => {
    const archive = index(
      { Package: 'dash', Essential: 'yes', 'Pre-Depends': 'libc6' },
      { Package: 'tzdata', Priority: 'required', Depends: 'debconf' },
      { Package: 'apt', Depends: 'libapt' },
      ...['libc6', 'debconf', 'libapt', 'unwanted'].map((name) => ({ Package: name })),
    );
    expect(names(archive, ['apt'])).toEqual(['apt', 'dash', 'debconf', 'libapt', 'libc6', 'tzdata']);
  });

  it('takes the newest version over all suites', () => {
    const archive = index(
      { Package: 'dash', Essential: 'yes', Version: '1.9' },
      { Package: 'dash', Essential: 'yes', Version: '1.10' },
    );
    expect(names(archive)).toEqual(['dash=1.10']);
  });

  it('takes the alternative that is included already, else the first that exists', () => {
    const archive = index(
      { Package: 'a', Essential: 'yes', Depends: 'absent | second | third' },
      { Package: 'b', Essential: 'yes', Depends: 'other | third' },
      { Package: 'c', Essential: 'yes', Depends: 'third' },
      ...['second', 'third', 'other'].map((name) => ({ Package: name })),
    );
    expect(names(archive)).toEqual(['a', 'b', 'c', 'other', 'second', 'third']);
    expect(names(archive, ['third'])).toEqual(['a', 'b', 'c', 'third']);
  });

  it('accepts packages that provide the name; for a versioned relation, only a versioned Provides', () => {
    const archive = index(
      { Package: 'a', Essential: 'yes', Depends: 'awk, api (>= 2)' },
      { Package: 'mawk', Provides: 'awk' },
      { Package: 'old', Provides: 'api (= 1), api-any' },
      { Package: 'plain', Provides: 'api' },
      { Package: 'right', Provides: 'api (= 2.1)' },
    );
    expect(names(archive)).toEqual(['a', 'mawk', 'right']);
  });

  it('reports every unknown name and unmet dependency', () => {
    const archive = index(
      { Package: 'a', Essential: 'yes', Depends: 'lib (>= 2), gone | away' },
      { Package: 'lib' },
    );
    expect(shown(bootstrapClosure(archive, { include: ['apt', 'ab'] }))).toMatchInlineSnapshot(`
      "[package-not-found] There is no package "apt" in the archive.
      -> Look the name up with "apt-cache search", and correct it in image.json.

      [package-not-found] There is no package "ab" in the archive.
      -> Did you mean "a"?

      [package-not-found] a 1.0 needs lib (>= 2), and no suite has it.
      -> Add the suite that has it, or wait for the mirror to become consistent and run the lock target again.

      [package-not-found] a 1.0 needs gone | away, and no suite has it.
      -> Add the suite that has it, or wait for the mirror to become consistent and run the lock target again."
    `);
  });
});

describe('names that no suite has', () => {
  const archive = index(
    ...['openssh-client', 'openssh-server', 'jq', 'git', 'less', 'bash-completion'].map((Package) => ({
      Package,
    })),
    { Package: 'postfix', Provides: 'mail-transport-agent' },
  );

  it('are reported all at once, with similar names', () => {
    const asked = ['openssh-cleint', 'git', 'bashcompletion', 'qj', 'zzzzzz', 'mail-transport-agent'];
    const failures = missingPackages(asked, archive);
    expect(failures.map(({ message, hint }) => `${message} ${hint}`)).toMatchInlineSnapshot(`
      [
        "There is no package "openssh-cleint" in the archive. Did you mean "openssh-client"?",
        "There is no package "bashcompletion" in the archive. Did you mean "bash-completion"?",
        "There is no package "qj" in the archive. Did you mean "jq"?",
        "There is no package "zzzzzz" in the archive. Look the name up with "apt-cache search", and correct it in image.json.",
        ""mail-transport-agent" is not a package: several packages provide it. Did you mean "postfix"?",
      ]
    `);
  });
});
