import { join } from 'node:path';
import { jsonSchemas } from '@image-tooling/model';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { call, engineArguments, fakeMachine, write, type FakeMachine } from './rig';

const DIGEST = `sha256:${'a'.repeat(64)}`;

function machineWith(files: Readonly<Record<string, string>>): FakeMachine {
  const machine = fakeMachine();
  for (const [path, text] of Object.entries(files)) write(join(machine.home, path), text);
  return machine;
}

const CHOSEN_BY_FILES = { TOOLBOX_IMAGE: '', TOOLBOX_ALLOWED: 'example.com/acme/' };

function imageOf(
  machine: FakeMachine,
  argv: readonly string[] = ['true'],
  options: Parameters<typeof call>[2] = {},
): string | undefined {
  const given = engineArguments(
    call(machine, argv, { ...options, env: { ...CHOSEN_BY_FILES, ...options.env } }),
  );
  return given[given.indexOf('--entrypoint') + 2];
}

/** The text of a file, and the image that it chooses. */
const ACCEPTED = [
  ['{"image":"example.com/acme/k8s","version":"1.2.3"}', 'example.com/acme/k8s:1.2.3'],
  ['{ "image" : "example.com/acme/k8s" }', 'example.com/acme/k8s:latest'],
  [`{"version":"1","image":"example.com/acme/k8s","digest":"${DIGEST}"}`, `example.com/acme/k8s@${DIGEST}`],
  ['{\r\n  "$schema": "x",\r\n  "image": "example.com/acme/k8s"\r\n}\r\n', 'example.com/acme/k8s:latest'],
  [
    '{"image":"example.com/acme/k8s","without":"aws kube","env":"MY_NAME"}\n\n',
    'example.com/acme/k8s:latest',
  ],
] as const;

/** The text of a file, and a part of the message. */
const REFUSED = [
  ['', '"}" expected at the end'],
  ['[]', '"}" expected'],
  ['{}', 'no "image"'],
  ['{"image":"a" "version":"1"}', '"," expected'],
  ['{"image":"a",}', '"}" expected at the end'],
  ['{"image":["a"]}', '":" expected after "image"'],
  ['{"image":"a","keep":true}', '"}" expected at the end'],
  ['{"image":"a","images":"b"}', 'unknown key "images"'],
  ['{"image":"a\\u0062"}', 'has a backslash'],
  ['{"image":"a:1"}', 'has a tag or a digest'],
  ['{"image":"a b"}', 'not the name of an image'],
  ['{"image":"$(touch x)"}', 'not the name of an image'],
  ['{"image":"a","version":"--privileged"}', 'not a version'],
  ['{"image":"a","digest":"sha512:1"}', 'not a sha256 digest'],
  ['{"image":"a","without":"aws kubernetes"}', 'unknown word in "without" of'],
] as const;

describe('toolbox.json', () => {
  it.each(ACCEPTED)('%s is %s', (text, expected) => {
    expect(imageOf(machineWith({ 'project/toolbox.json': text }))).toBe(expected);
  });

  it.each(REFUSED)('%s is refused: %s', (text, expected) => {
    const ran = call(machineWith({ 'project/toolbox.json': text }), ['true'], { env: CHOSEN_BY_FILES });
    expect(ran).toMatchObject({ exitCode: 125, stdout: '' });
    expect(ran.stderr).toContain(expected);
    expect(ran.stderr).toContain('project/toolbox.json');
  });

  it('applies in all folders below, the nearest one first', () => {
    const machine = machineWith({
      'project/toolbox.json': '{"image":"example.com/acme/outer"}',
      'project/a/b/c/file': '',
      'project/a/toolbox.json': '{"image":"example.com/acme/inner"}',
    });
    const at = (folder: string) => imageOf(machine, ['true'], { cwd: join(machine.project, folder) });
    expect(['', 'a', 'a/b/c'].map(at)).toEqual(
      ['outer', 'inner', 'inner'].map((name) => `example.com/acme/${name}:latest`),
    );
  });

  it('comes after --image and TOOLBOX_IMAGE, and before the own settings and what the alias remembers', () => {
    const own = { '.config/toolbox/toolbox.json': '{"image":"example.com/acme/own"}' };
    const both = machineWith({ ...own, 'project/toolbox.json': '{"image":"example.com/acme/project"}' });
    const remembered = { settings: { defaultImage: 'example.com/acme/remembered:1' } };
    expect(imageOf(both, ['--image', 'x:1', 'true'], { env: { TOOLBOX_IMAGE: 'y:1' } })).toBe('x:1');
    expect(imageOf(both, ['true'], { env: { TOOLBOX_IMAGE: 'y:1' } })).toBe('y:1');
    expect(imageOf(both, ['true'], remembered)).toBe('example.com/acme/project:latest');
    expect(imageOf(machineWith(own), ['true'], remembered)).toBe('example.com/acme/own:latest');
    expect(imageOf(machineWith({}), ['true'], remembered)).toBe('example.com/acme/remembered:1');
  });
});

describe('the JSON Schema of toolbox.json', () => {
  const isValid = new Ajv({ strict: true }).compile(jsonSchemas()['toolbox.schema.json']!);
  const json = (text: string): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      return undefined;
    }
  };

  it.each(ACCEPTED)('accepts %s', (text) => {
    expect(isValid(json(text))).toBe(true);
  });

  // What a backslash stands for is no longer known to it.
  it.each(REFUSED.filter(([text]) => !text.includes('\\')))('refuses %s', (text) => {
    expect(isValid(json(text))).toBe(false);
  });

  it('has the words that a call knows', () => {
    const refused = call(fakeMachine(), ['--without', 'x', 'true']).stderr;
    const words = /Words: (.*)/.exec(refused)?.[1] ?? '';
    expect(isValid({ image: 'a', without: words })).toBe(true);
    expect(JSON.stringify(jsonSchemas()['toolbox.schema.json'])).toContain(
      `Words: ${words.replaceAll(' ', ', ')}.`,
    );
  });
});

describe('an image of a cloned repository', () => {
  const file = { 'project/toolbox.json': '{"image":"evil.example/tools"}' };
  const unknown = { TOOLBOX_IMAGE: '', TOOLBOX_ALLOWED: '' };

  it('gets no credentials before it is allowed', () => {
    const ran = call(machineWith(file), ['true'], { env: unknown });
    expect(ran).toMatchObject({ exitCode: 125, stdout: '' });
    expect(ran.stderr).toContain('toolbox allow evil.example/tools');
  });

  it.each([
    ['evil.example/tools', true],
    ['evil.example/', true],
    ['evil.example/tool', false],
    ['evil.example', false],
    ['example/tools', false],
    ['other.example/tools', false],
  ])('is allowed by %s: %s', (allowed, isAllowed) => {
    const listed = call(
      machineWith({ ...file, '.config/toolbox/allowed': `x.example/\n${allowed}` }),
      ['true'],
      { env: unknown },
    );
    const inEnv = call(machineWith(file), ['true'], {
      env: { ...unknown, TOOLBOX_ALLOWED: `x.example/ ${allowed}` },
    });
    expect([listed.exitCode, inEnv.exitCode]).toEqual(isAllowed ? [0, 0] : [125, 125]);
  });

  it('is allowed if it is the image of the own settings, at any version', () => {
    const own = { '.config/toolbox/toolbox.json': '{"image":"evil.example/tools","version":"2"}' };
    expect(imageOf(machineWith({ ...file, ...own }), ['true'], { env: unknown })).toBe(
      'evil.example/tools:latest',
    );
  });
});
