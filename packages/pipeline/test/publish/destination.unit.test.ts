import { digestOf, parseWorkspaceOptions } from '@image-tooling/model';
import { describe, expect, it } from 'vitest';
import { valueOf } from '@image-tooling/testkit/helpers';
import { inBaseRepository } from '../../src/build/base/repository';
import { ownRegistry, repositoryOf } from '../../src/image-repository';
import type { Session } from '../../src/session';

function repository(
  given: { readonly registry?: string; readonly repository?: string },
  env: NodeJS.ProcessEnv = {},
) {
  const plugins = [{ plugin: '@image-tooling/nx', options: given }];
  const options = valueOf(parseWorkspaceOptions('nx.json', JSON.stringify({ plugins }), '@image-tooling/nx'));
  return repositoryOf({ options, env }, 'k8s');
}

describe('the repository of an image', () => {
  it.each<[string, Parameters<typeof repository>, object]>([
    ['is in the registry', [{ registry: 'r.invalid/team' }], { registry: 'r.invalid', path: 'team/k8s' }],
    ['is at its root', [{ registry: 'r.invalid:5000' }], { registry: 'r.invalid:5000', path: 'k8s' }],
    [
      'is made from the template',
      [{ registry: 'r.invalid', repository: '{registry}/tooling/{image}/{image}' }],
      { registry: 'r.invalid', path: 'tooling/k8s/k8s' },
    ],
    [
      'is in the registry of this machine',
      [{ registry: 'r.invalid' }, { IMAGE_REGISTRY: '127.0.0.1:1/x' }],
      { registry: '127.0.0.1:1', path: 'x/k8s' },
    ],
    [
      'is in the registry of this machine if none is set',
      [{}, { IMAGE_REGISTRY: '127.0.0.1:1' }],
      { registry: '127.0.0.1:1', path: 'k8s' },
    ],
    [
      'is the same with a slash at the end of the registry',
      [{}, { IMAGE_REGISTRY: '127.0.0.1:1/x/' }],
      { registry: '127.0.0.1:1', path: 'x/k8s' },
    ],
    [
      'ignores an empty IMAGE_REGISTRY',
      [{ registry: 'r.invalid' }, { IMAGE_REGISTRY: '' }],
      { registry: 'r.invalid', path: 'k8s' },
    ],
  ])('%s', (_, given, expected) => {
    expect(valueOf(repository(...given))).toEqual(expected);
  });

  const hint = (text: string) => `IMAGE_REGISTRY=${text}`;
  it.each<[string, string, string]>([
    ['https://r.invalid/team', 'begins with "https://"', hint('r.invalid/team')],
    ['HTTP://r.invalid:5000/', 'begins with "http://"', 'plainHttp in nx.json'],
    ['docker://r.invalid', 'begins with "docker://"', hint('r.invalid')],
    ['r.invalid/Team', 'has capital letters in its path', hint('r.invalid/team')],
    [`https://ada:planted/@1@r.invalid/Team/`, 'holds a user name or password', hint('r.invalid/team')],
    [`ada:planted@r.invalid`, 'holds a user name or password', hint('r.invalid')],
    ['r.invalid:65536', 'has the port 65536', 'from 1 to 65535'],
    ['1.2.3.999/team', 'has "1.2.3.999" as host', 'Check the host'],
    ['team', '"team/k8s" is not a repository of a registry (from IMAGE_REGISTRY)', 'with its host'],
    ['r.invalid/team:1', 'is not a repository of a registry (from IMAGE_REGISTRY)', 'with its host'],
  ])('is refused, with what to write: %s', (text, why, advice) => {
    const result = repository({ registry: 'r.invalid' }, { IMAGE_REGISTRY: text });
    if (result.ok) throw new Error('expected a failure');
    const [{ code, message, hint }] = result.failures;
    expect(code).toBe('usage');
    expect(message).toContain(why);
    expect(message).toContain('IMAGE_REGISTRY');
    expect(hint).toContain(advice);
    expect(`${message} ${hint}`).not.toContain('planted');
  });

  it('is refused before a base in it is requested', async () => {
    const options = valueOf(parseWorkspaceOptions('nx.json', '{}', '@image-tooling/nx'));
    const session = { options, env: { IMAGE_REGISTRY: 'https://r.invalid' } } as unknown as Session;
    const place = { repository: { registry: 'r.invalid', path: 'a' }, digest: digestOf('') };
    const result = await inBaseRepository(session, place, () => Promise.reject(new Error('asked')));
    expect(result).toMatchObject({ ok: false, failures: [{ code: 'usage' }] });
  });

  it.each([
    [{ registry: 'r.invalid/team' }, 'r.invalid'],
    [{ registry: 'r.invalid:5000', repository: '{registry}/tools/{image}' }, 'r.invalid:5000'],
    [{ registry: 'team', repository: 'r.invalid/{registry}/{image}' }, 'r.invalid'],
    [{}, undefined],
  ])('has its login from the registry of the workspace: %j', (options, expected) => {
    const text = JSON.stringify({ plugins: [{ plugin: '@image-tooling/nx', options }] });
    const parsed = parseWorkspaceOptions('nx.json', text, '@image-tooling/nx');
    expect(valueOf(ownRegistry({ options: valueOf(parsed), env: {} }))).toBe(expected);
  });

  it('is refused with its line, but not its password, where nx.json has a login in it', () => {
    const options = { registry: 'ada:planted@r.invalid/team' };
    const text = JSON.stringify({ plugins: [{ plugin: '@image-tooling/nx', options }] });
    const result = parseWorkspaceOptions('nx.json', text, '@image-tooling/nx');
    expect(JSON.stringify(result)).toContain('ada:*******@r.invalid/team');
    expect(JSON.stringify(result)).not.toContain('planted');
  });

  it('is refused with its line if nx.json has a port that is too high', () => {
    const plugins = [{ plugin: '@image-tooling/nx', options: { registry: 'r.invalid:70000' } }];
    const result = parseWorkspaceOptions('nx.json', JSON.stringify({ plugins }), '@image-tooling/nx');
    expect(result).toMatchObject({
      ok: false,
      failures: [{ message: '"registry": ports are numbers from 1 to 65535.', place: { file: 'nx.json' } }],
    });
  });

  it('is refused if no registry is set', () => {
    for (const env of [{}, { IMAGE_REGISTRY: ' ' }])
      expect(repository({}, env)).toMatchObject({ ok: false, failures: [{ code: 'usage' }] });
  });
});
