import { describe, expect, it } from 'vitest';
import { checkFailures, formatFailures, judgeCommand, type CheckInput, type CommandOutcome } from '../src';
import { INPUT, planned, ran, reportOf, runCheck, withImage, withTool } from './checks-fixtures';

/** Returns the failure text of a check whose command ends like this; "passed" if it passes. */
function told(input: CheckInput, id: string, result: Partial<CommandOutcome>): string {
  const outcome = judgeCommand(planned(input, id), ran(result));
  return outcome.passed ? 'passed' : formatFailures(checkFailures(reportOf(outcome)));
}

const KUBECTL = withTool(
  'kubectl',
  '1.36.4',
  runCheck(['kubectl', 'version', '--client'], { stdout: '^Client Version: v{version}$' }),
);

describe('a version on standard output', () => {
  const id = 'tool/kubectl/1/arbitrary';

  it('passes on any line', () => {
    const stdout = 'Hello\nClient Version: v1.36.4\nKustomize Version: v5\n';
    expect(told(KUBECTL, id, { stdout })).toBe('passed');
  });

  it.each(['v1.36.40', 'v1x36x4'])('is not %s', (version) => {
    expect(told(KUBECTL, id, { stdout: `Client Version: ${version}\n` })).not.toBe('passed');
  });

  it('fails with the lines that were printed', () => {
    const stdout = 'Client Version: v1.36.3\nKustomize Version: v5.7.1\n';
    expect(told(KUBECTL, id, { stdout })).toMatchInlineSnapshot(`
      "error: tool kubectl: \`kubectl version --client\` printed no line that matches ^Client Version: v1.36.4$ (as uid 31337, home read-only). (check-failed)
        command:  kubectl version --client
        expected: exit code 0, a line that matches ^Client Version: v1.36.4$, within 60 s
        actual:   no such line
        | stdout: Client Version: v1.36.3
        | stdout: Kustomize Version: v5.7.1"
    `);
  });

  it('reports how much of a long output was not searched', () => {
    const stdout = 'begin\n… 399 MB left out …\nend\n';
    expect(told(KUBECTL, id, { stdout })).toContain(
      'actual:   no such line in what was kept (399 MB left out)',
    );
  });

  it('fails if nothing is printed', () => {
    expect(told(KUBECTL, 'tool/kubectl/1/image', {})).toMatchInlineSnapshot(`
      "error: tool kubectl: \`kubectl version --client\` printed no line that matches ^Client Version: v1.36.4$ (as uid 1000). (check-failed)
        command:  kubectl version --client
        expected: exit code 0, a line that matches ^Client Version: v1.36.4$, within 60 s
        actual:   no line at all"
    `);
  });
});

describe('an exit code', () => {
  const input = withImage('app', runCheck(['diff', 'a', 'b'], { exitCode: 1 }));

  it('passes if it is the expected one', () => {
    expect(told(input, 'image/app/1', { exitCode: 1 })).toBe('passed');
  });

  it('fails with the last lines of both outputs, cut', () => {
    const lines = Array.from({ length: 30 }, (_, line) => `line ${line}${'x'.repeat(line === 28 ? 300 : 0)}`);
    const result = { exitCode: 2, stdout: lines.join('\n'), stderr: 'diff: a: No such file\n' };
    expect(told(input, 'image/app/1', result)).toMatchInlineSnapshot(`
      "error: image app: \`diff a b\` ended with exit code 2, not 1 (as uid 1000). (check-failed)
        command:  diff a b
        expected: exit code 1, within 60 s
        actual:   exit code 2
        | stdout: line 20
        | stdout: line 21
        | stdout: line 22
        | stdout: line 23
        | stdout: line 24
        | stdout: line 25
        | stdout: line 26
        | stdout: line 27
        | stdout: line 28xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
        | stdout: line 29
        | stderr: diff: a: No such file"
    `);
  });

  it.each([
    [126, 'found, but can not be run'],
    [127, 'not found'],
    [137, 'ended by SIGKILL'],
    [139, 'ended by SIGSEGV'],
  ])('%i is explained: %s', (exitCode, meaning) => {
    expect(told(input, 'image/app/1', { exitCode })).toContain(`exit code ${exitCode} (${meaning}), not 1`);
  });
});

describe('a line on standard error', () => {
  const input = withImage('app', runCheck(['app', '--bad option'], { exitCode: 2, stderr: '^Usage: ' }));

  it('passes', () => {
    expect(told(input, 'image/app/1', { exitCode: 2, stderr: 'no\nUsage: app\n' })).toBe('passed');
  });

  it('fails, and reports all differences', () => {
    expect(told(input, 'image/app/1', { exitCode: 0, stdout: 'Usage: app' })).toMatchInlineSnapshot(`
      "error: image app: \`app '--bad option'\` ended with exit code 0, not 2 (as uid 1000). (check-failed)
        command:  app '--bad option'
        expected: exit code 2, a line on standard error that matches ^Usage: , within 60 s
        actual:   exit code 0, no line on standard error at all
        | stdout: Usage: app"
    `);
  });
});

describe('a time limit', () => {
  it('fails with what was printed by then, whatever the exit code', () => {
    const input = withImage('app', runCheck(['sleep', '9'], { timeoutSeconds: 0.5 }));
    const result = { timedOut: true, exitCode: 0, seconds: 0.512, stdout: 'waiting\n' };
    expect(told(input, 'image/app/1', result)).toMatchInlineSnapshot(`
      "error: image app: \`sleep 9\` did not end within 0.5 s (as uid 1000). (check-failed)
        command:  sleep 9
        expected: exit code 0, within 0.5 s
        actual:   killed after 0.51 s
        | stdout: waiting"
    `);
  });
});

describe('every image', () => {
  it('runs as a user that is not root', () => {
    const root = { ...INPUT, config: { ...INPUT.config, user: undefined } };
    expect(told(INPUT, 'always/user', { stdout: '1000\n' })).toBe('passed');
    expect(told(root, 'always/user', { stdout: '0\n' })).toMatchInlineSnapshot(`
      "error: always: runs as its own user, which is not root: \`id -u\` printed no line that matches ^[1-9][0-9]*$ (not root, which is 0) (as root). (check-failed)
        command:  id -u
        expected: exit code 0, a line that matches ^[1-9][0-9]*$ (not root, which is 0), within 60 s
        actual:   no such line
        | stdout: 0"
    `);
    expect(told(INPUT, 'always/user', { stdout: '0\n' })).toContain('matches ^1000$');
  });

  it('starts a shell for any user, whose home is read-only', () => {
    expect(told(INPUT, 'always/stranger', { stdout: '31337\n' })).toBe('passed');
    const stderr = '/etc/bash.bashrc: line 3: /home/toolbox/.seen: Read-only file system\n';
    expect(told(INPUT, 'always/stranger', { exitCode: 1, stderr })).toMatchInlineSnapshot(`
      "error: always: a shell starts as any user, with a read-only home: \`bash -ic 'test ! -w "$HOME" && id -u'\` ended with exit code 1, not 0 (as uid 31337, home read-only). (check-failed)
        command:  bash -ic 'test ! -w "$HOME" && id -u'
        expected: exit code 0, a line that matches ^31337$, within 60 s
        actual:   exit code 1, no line at all
        | stderr: /etc/bash.bashrc: line 3: /home/toolbox/.seen: Read-only file system"
    `);
  });

  it('has a help that names each tool with its version', () => {
    const tools = ['helm', 'kubectl'].map((name) => ({ name, version: '4.2.4', checks: [] }));
    const input = { ...INPUT, tools };
    const help = 'app: An app\n\nTools\n  helm     4.2.4  Charts\n  kubectl  4.2.3  Kubernetes (4.2.4)\n';
    expect(told(input, 'always/help', { stdout: help.replace('4.2.3', '4.2.4') })).toBe('passed');
    expect(told(input, 'always/help', { stdout: help })).toMatchInlineSnapshot(`
      "error: always: toolbox-help names every tool with its version: \`toolbox-help\` printed no line that matches "kubectl 4.2.4" (as uid 1000). (check-failed)
        command:  toolbox-help
        expected: exit code 0, a line that matches ^app: , a line that matches "helm 4.2.4", a line that matches "kubectl 4.2.4", within 60 s
        actual:   no such line
        | stdout: app: An app
        | stdout: Tools
        | stdout:   helm     4.2.4  Charts
        | stdout:   kubectl  4.2.3  Kubernetes (4.2.4)"
    `);
  });

  it('has the packages that its help names', () => {
    const packages = [{ name: 'git', version: '1:2.47.3' }];
    const input = { ...INPUT, contents: { tools: [], packages } };
    expect(told(input, 'always/packages', { stdout: ' git 1:2.47.3\n' })).toBe('passed');
    expect(told(input, 'always/packages', { stdout: ' git 1:2.47.2\n' })).toMatchInlineSnapshot(`
      "error: always: packages have the versions that toolbox-help names: \`dpkg-query --show --showformat ' \${Package} \${Version}\\n' git\` printed no line that matches "git 1:2.47.3" (as uid 1000). (check-failed)
        command:  dpkg-query --show --showformat ' \${Package} \${Version}\\n' git
        expected: exit code 0, a line that matches "git 1:2.47.3", within 60 s
        actual:   no such line
        | stdout:  git 1:2.47.2"
    `);
    const halfInstalled = 'The following packages are only half configured:\n git fast version control\n';
    expect(told(input, 'always/dpkg', { stdout: '\n' })).toBe('passed');
    expect(told(input, 'always/dpkg', { exitCode: 1, stdout: halfInstalled })).toMatchInlineSnapshot(`
      "error: always: dpkg finds every package complete: \`sh -c 'found=$(dpkg --audit 2>&1); echo "$found"; test -z "$found"'\` ended with exit code 1, not 0 (as uid 1000). (check-failed)
        command:  sh -c 'found=$(dpkg --audit 2>&1); echo "$found"; test -z "$found"'
        expected: exit code 0, within 60 s
        actual:   exit code 1
        | stdout: The following packages are only half configured:
        | stdout:  git fast version control"
    `);
  });

  it('starts its shell, within the budget if there is one', () => {
    const fast = { ...INPUT, budget: { entrySeconds: 0.2 } };
    expect(told(INPUT, 'always/entry', { seconds: 9 })).toBe('passed');
    expect(told(fast, 'always/entry', { seconds: 0.2 })).toBe('passed');
    expect(told({ ...fast, emulated: true }, 'always/entry', { seconds: 9 })).toBe('passed');
    expect(told(fast, 'always/entry', { seconds: 0.214 })).toMatchInlineSnapshot(`
      "error: always: an interactive shell starts: \`bash -ic true\` took 0.21 s, more than the 0.2 s allowed (as uid 1000). (check-failed)
        command:  bash -ic true
        expected: exit code 0, within 0.2 s
        actual:   0.21 s"
    `);
  });
});
