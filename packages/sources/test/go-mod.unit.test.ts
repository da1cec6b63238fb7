import { describe, expect, it } from 'vitest';
import { composeGoMod, type UpstreamModule } from '../src/go/lock/go-mod';

const tool = {
  name: 'kubectl',
  version: '1.36.4',
  package: 'k8s.io/kubernetes/cmd/kubectl',
  module: 'k8s.io/kubernetes',
  replace: { 'k8s.io/*': 'v0.{minor}.{patch}' },
};

function composed(upstream: UpstreamModule, replace: Readonly<Record<string, string>> = tool.replace) {
  return composeGoMod({ ...tool, replace }, upstream);
}

describe('the go.mod that resolution starts from', () => {
  it('names the module at its version, under a main module that does not exist', () => {
    expect(composed({})).toEqual({
      ok: true,
      value: 'module image-tooling.invalid/tools/kubectl\n\nrequire k8s.io/kubernetes v1.36.4\n',
    });
  });

  it("copies the module's own go, godebug and exclude lines", () => {
    const result = composed({
      Go: '1.26.0',
      GoDebug: [{ Key: 'default', Value: 'go1.26' }],
      Exclude: [{ Path: 'example.invalid/bad', Version: 'v1.0.0' }],
    });
    expect(result.ok && result.value).toContain('\ngo 1.26.0\n');
    expect(result.ok && result.value).toContain('godebug (\n\tdefault=go1.26\n)');
    expect(result.ok && result.value).toContain('exclude (\n\texample.invalid/bad v1.0.0\n)');
  });

  it('turns replacements by folders into versions and keeps the others', () => {
    const result = composed({
      Replace: [
        { Old: { Path: 'k8s.io/api' }, New: { Path: './staging/src/k8s.io/api' } },
        {
          Old: { Path: 'a.invalid/x', Version: 'v1.0.0' },
          New: { Path: 'b.invalid/fork', Version: 'v1.0.1' },
        },
      ],
    });
    expect(result.ok && result.value).toContain('\tk8s.io/api => k8s.io/api v0.36.4\n');
    expect(result.ok && result.value).toContain('\ta.invalid/x v1.0.0 => b.invalid/fork v1.0.1\n');
  });

  it('reports every replacement by a folder that no pattern covers', () => {
    const result = composed({
      Replace: [
        { Old: { Path: 'k8sXio/api' }, New: { Path: './a' } },
        { Old: { Path: 'other.invalid/b' }, New: { Path: '../b' } },
      ],
    });
    expect(result.ok).toBe(false);
    expect(!result.ok && result.failures.map(({ code, hint }) => [code, hint])).toEqual([
      ['schema', 'Add "replace": { "k8sXio/api": "v…" } to the go source in its tool.json.'],
      ['schema', 'Add "replace": { "other.invalid/b": "v…" } to the go source in its tool.json.'],
    ]);
  });

  it('reports an unknown placeholder', () => {
    const result = composed(
      { Replace: [{ Old: { Path: 'k8s.io/api' }, New: { Path: './a' } }] },
      { '*': 'v{no}' },
    );
    expect(!result.ok && result.failures[0].code).toBe('schema');
  });
});
