import { describe, expect, it } from 'vitest';
import { planChecks } from '../src';
import { valueOf, shown } from './definitions-fixtures';
import { fileCheck, INPUT, planned, runCheck, withImage, withTool } from './checks-fixtures';

const VERSION_CHECK = runCheck(['kubectl', 'version', '--client'], {
  stdout: '^Client Version: v{version}$',
});

function ids(input: Parameters<typeof planChecks>[0]): string[] {
  return valueOf(planChecks(input)).commands.map(({ id, as }) => `${id} ${as}`);
}

describe('a plan of checks', () => {
  it('has the checks of every image', () => {
    expect(ids(INPUT)).toEqual([
      'always/user image',
      'always/entry image',
      'always/stranger arbitrary',
      'always/help image',
    ]);
  });

  it('checks packages with dpkg if there are any', () => {
    const packages = [{ name: 'curl', version: '8.14.1-2+deb13u7' }];
    const input = { ...INPUT, contents: { tools: [], packages } };
    expect(ids(input)).toEqual(expect.arrayContaining(['always/packages image', 'always/dpkg image']));
    const { argv, expect: expected } = planned(input, 'always/packages');
    expect(argv.at(-1)).toBe('curl');
    expect(' curl 8.14.1-2+deb13u7').toMatch(new RegExp(expected.stdout[0]?.pattern ?? 'none'));
    expect(' curl 8.14.1-2+deb13u77').not.toMatch(new RegExp(expected.stdout[0]?.pattern ?? 'none'));
  });

  it("runs a tool's check twice and an image's check once, parents first", () => {
    const input = {
      ...withTool('kubectl', '1.36.4', VERSION_CHECK),
      images: [
        { name: 'base', checks: [fileCheck('/work'), runCheck(['true'])] },
        { name: 'app', checks: [runCheck(['app'])] },
      ],
    };
    expect(ids(input).filter((id) => !id.startsWith('always'))).toEqual([
      'tool/kubectl/1/image image',
      'tool/kubectl/1/arbitrary arbitrary',
      'image/base/2 image',
      'image/app/1 image',
    ]);
  });

  it('fills in the version, escaped in patterns', () => {
    const { expect: expected } = planned(
      withTool('kubectl', '1.36.4', VERSION_CHECK),
      'tool/kubectl/1/image',
    );
    expect(expected.stdout).toEqual([
      { pattern: '^Client Version: v1\\.36\\.4$', shown: '^Client Version: v1.36.4$' },
    ]);
    const command = runCheck(['sh', '-c', 'x-{major}-{version} $HOME | awk "{}"']);
    expect(planned(withTool('x', '7.8', command), 'tool/x/1/image').title).toBe(
      `sh -c 'x-7-7.8 $HOME | awk "{}"'`,
    );
  });

  it('passes on what a check asks for', () => {
    const check = runCheck(['yq', '.', 'a.yaml'], {
      network: true,
      timeoutSeconds: 5,
      exitCode: 3,
      files: { 'a.yaml': 'a: 1\n' },
      stderr: '^no$',
    });
    expect(planned(withImage('app', check), 'image/app/1')).toMatchInlineSnapshot(`
      {
        "argv": [
          "yq",
          ".",
          "a.yaml",
        ],
        "as": "image",
        "expect": {
          "exitCode": 3,
          "stderr": [
            {
              "pattern": "^no$",
              "shown": "^no$",
            },
          ],
          "stdout": [],
        },
        "files": {
          "a.yaml": "a: 1
      ",
        },
        "group": "image app",
        "id": "image/app/1",
        "network": true,
        "readOnlyHome": false,
        "timeoutSeconds": 5,
        "title": "yq . a.yaml",
        "user": "1000:1000",
      }
    `);
  });

  it('reports every check that has a placeholder without a value', () => {
    const input = withTool(
      'x',
      '7',
      runCheck(['x', '{minor}'], { stdout: '{patch}' }),
      fileCheck('/opt/x-{minor}'),
    );
    expect(shown(planChecks(input))).toMatchInlineSnapshot(`
      "error: tool x 7, check 1: "{minor}" has no value here. (schema)
        help: Known are {version}, {major}, {minor}, {patch}, {date}, {commit}, {arch}, {output}.

      error: tool x 7, check 1: "{patch}" has no value here. (schema)
        help: Known are {version}, {major}, {minor}, {patch}, {date}, {commit}, {arch}, {output}.

      error: tool x 7, check 2: "{minor}" has no value here. (schema)
        help: Known are {version}, {major}, {minor}, {patch}, {date}, {commit}, {arch}, {output}.

      3 errors"
    `);
  });

  it('expects the uid that the config names', () => {
    const stdout = (user: string | undefined) =>
      planned({ ...INPUT, config: { ...INPUT.config, user } }, 'always/user').expect.stdout[0]?.pattern;
    expect([stdout('1000:1000'), stdout('toolbox'), stdout('0:0'), stdout(undefined)]).toEqual([
      '^1000$',
      '^[1-9][0-9]*$',
      '^[1-9][0-9]*$',
      '^[1-9][0-9]*$',
    ]);
  });

  it('starts the image’s own shell', () => {
    const shell = (cmd: string[]) =>
      planned({ ...INPUT, config: { ...INPUT.config, cmd } }, 'always/entry').argv[0];
    expect([shell(['/bin/zsh', '-l']), shell(['pandoc']), shell([])]).toEqual(['/bin/zsh', 'bash', 'bash']);
  });
});
