import { describe as suite, expect, it } from 'vitest';
import { describe } from '../src/definition';

const IMAGE = 'images/k8s/image.json';
const BOTH = ['linux/amd64', 'linux/arm64'];

suite('a definition file, as the project graph reads it', () => {
  it('gives an image its parent, tools, files and platforms', () => {
    const text = JSON.stringify({
      description: 'Kubernetes',
      from: { image: 'base' },
      tools: ['helm', 'kubectl'],
      files: 'rootfs',
      platforms: ['linux/arm64'],
    });
    expect(describe(IMAGE, text)).toEqual({
      kind: 'image',
      name: 'k8s',
      root: 'images/k8s',
      description: 'Kubernetes',
      platforms: ['linux/arm64'],
      parent: 'base',
      tools: ['helm', 'kubectl'],
      files: 'rootfs',
      hasGoSource: false,
      workspaceInputs: [],
      isStrictJson: true,
    });
  });

  it('gives a tool its folder as name', () => {
    const tool = describe('tools/yq/tool.json', '{"description": "YAML"}');
    expect(tool).toMatchObject({ kind: 'tool', name: 'yq', root: 'tools/yq', description: 'YAML' });
  });

  it.each([
    [
      'a missing comma',
      '{"from": {"image": "base"} "tools": ["helm"]}',
      { parent: 'base', isStrictJson: false },
    ],
    ['nesting deeper than any parser’s stack', '['.repeat(100_000), { tools: [], isStrictJson: false }],
    ['a missing end', '{"from": {"image": "base"}, "tools": ["helm"', { parent: 'base', tools: ['helm'] }],
    ['a comment', '{/* why */ "tools": ["helm"]}', { tools: ['helm'] }],
    ['an empty file', '', { parent: undefined, tools: [], platforms: BOTH }],
    ['lists without an end', `{"tools": ${'['.repeat(200_000)}`, { tools: [], platforms: BOTH }],
    ['a pattern for a parent', '{"from": {"image": "*"}}', { parent: undefined }],
    ['a list', '[1]', { tools: [], platforms: BOTH }],
    ['wrong types', '{"from": "base", "tools": {"helm": 1}, "files": 3}', { tools: [], files: undefined }],
    ['an unknown platform', '{"platforms": ["linux/amd64", "plan9/mips"]}', { platforms: ['linux/amd64'] }],
    ['no known platform', '{"platforms": ["plan9/mips"]}', { platforms: BOTH }],
  ])('is read as far as possible with %s', (_what, text, expected) => {
    expect(describe(IMAGE, text)).toMatchObject({ name: 'k8s', ...expected });
  });
});
