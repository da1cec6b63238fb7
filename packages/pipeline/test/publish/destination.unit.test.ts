import { parseWorkspaceOptions } from '@image-tooling/model';
import { describe, expect, it } from 'vitest';
import { repositoryOf } from '../../src/publish/destination';
import { valueOf } from './rig';

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
      'is what the template makes of it',
      [{ registry: 'r.invalid', repository: '{registry}/tooling/{image}/{image}' }],
      { registry: 'r.invalid', path: 'tooling/k8s/k8s' },
    ],
    [
      'is in the registry of this machine',
      [{ registry: 'r.invalid' }, { IMAGE_REGISTRY: '127.0.0.1:1/x' }],
      { registry: '127.0.0.1:1', path: 'x/k8s' },
    ],
    [
      'is in the registry of this machine where none is set',
      [{}, { IMAGE_REGISTRY: '127.0.0.1:1' }],
      { registry: '127.0.0.1:1', path: 'k8s' },
    ],
    [
      'is the same with a slash at the end of the registry',
      [{}, { IMAGE_REGISTRY: '127.0.0.1:1/x/' }],
      { registry: '127.0.0.1:1', path: 'x/k8s' },
    ],
    [
      'is not moved by an empty IMAGE_REGISTRY',
      [{ registry: 'r.invalid' }, { IMAGE_REGISTRY: '' }],
      { registry: 'r.invalid', path: 'k8s' },
    ],
  ])('%s', (_, given, expected) => {
    expect(valueOf(repository(...given))).toEqual(expected);
  });

  it.each<[string, Parameters<typeof repository>]>([
    ['no registry is set', [{}]],
    ['IMAGE_REGISTRY is none', [{}, { IMAGE_REGISTRY: 'https://r.invalid/team' }]],
    ['IMAGE_REGISTRY has capitals in its path', [{}, { IMAGE_REGISTRY: 'r.invalid/Team' }]],
  ])('is none where %s', (_, given) => {
    expect(repository(...given)).toMatchObject({ ok: false, failures: [{ code: 'usage' }] });
  });
});
