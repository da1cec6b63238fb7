import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProjectGraph } from '@nx/devkit';
import { makeWorkspace, nxJson, type Workspace } from './workspace';

let workspace: Workspace;

beforeAll(() => {
  workspace = makeWorkspace();
});
afterAll(() => workspace.remove());

async function graph(): Promise<ProjectGraph> {
  expect(await workspace.nx('graph --file=graph.json')).toMatchObject({ exitCode: 0 });
  return (JSON.parse(readFileSync(join(workspace.root, 'graph.json'), 'utf8')) as { graph: ProjectGraph })
    .graph;
}

function edges({ dependencies }: ProjectGraph): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(dependencies).map(([name, to]) => [name, to.map((edge) => edge.target).sort()]),
  );
}

describe('the project graph', () => {
  it('has an edge from an image to its parent and to each of its tools', async () => {
    const found = await graph();
    expect(edges(found)).toEqual({
      base: [],
      helm: [],
      k8s: ['base', 'helm', 'kubectl'],
      'k8s-aws': ['k8s'],
      kubectl: [],
    });
    expect(found.nodes['k8s']?.data).toMatchObject({
      root: 'images/k8s',
      tags: ['type:image'],
      metadata: { description: 'Kubernetes' },
    });
    expect(found.nodes['helm']?.data.tags).toEqual(['type:tool']);
  });

  it('follows an edit, and keeps the edges of files that did not change', async () => {
    workspace.write('images/k8s-aws/image.json', { from: { image: 'base' }, tools: ['helm'] });
    expect(edges(await graph())).toMatchObject({
      'k8s-aws': ['base', 'helm'],
      k8s: ['base', 'helm', 'kubectl'],
    });
  });

  it('survives files that are broken or name missing images and tools', async () => {
    workspace.write('images/broken/image.json', '{ "from": { "image": "base" } "tools": [');
    workspace.write('images/empty/image.json', '');
    workspace.write('images/orphan/image.json', {
      from: { image: 'missing' },
      tools: ['nothing', 'constructor', 'helm'],
    });
    workspace.write('images/self/image.json', { from: { image: 'self' } });
    expect(edges(await graph())).toMatchObject({ broken: ['base'], empty: [], orphan: ['helm'], self: [] });
  });

  it('leaves the message about a broken file to its task, which runs', async () => {
    const { exitCode, output } = await workspace.nx('run empty:build-amd64');
    expect(exitCode).not.toBe(0);
    expect(output).toContain('Unexpected end of JSON input');
    expect(workspace.calls()).toEqual(['build empty --platform linux/amd64']);
  });

  it('survives a tool with the name of an image, and leaves the message to the tasks', async () => {
    workspace.write('tools/base/tool.json', { description: 'of one name' });
    const found = edges(await graph());
    expect(found).toMatchObject({ base: [], 'base-tool': [] });
    await workspace.nx('run base-tool:lock');
    expect(workspace.calls()).toEqual(['lock base']);
    workspace.removeFile('tools/base/tool.json');
  });

  it('survives names that are wrong, and hands them to the command as they are', async () => {
    workspace.write("images/My Image; it's/image.json", { from: { image: 'missing' } });
    await workspace.nx(['run', "My Image; it's:lock"]);
    expect(workspace.calls()).toEqual(["lock My Image; it's"]);
  });

  it('looks in the folders of the options', async () => {
    workspace.write('nx.json', nxJson({ imagesDir: 'deep/pictures' }));
    workspace.write('deep/pictures/one/image.json', { from: { debian: 'trixie' }, tools: ['helm'] });
    expect(edges(await graph())).toEqual({ one: ['helm'], helm: [], kubectl: [] });
    workspace.write('nx.json', nxJson({}));
  });

  it('names the images of a cycle', async () => {
    workspace.write('images/a/image.json', { from: { image: 'b' } });
    workspace.write('images/b/image.json', { from: { image: 'a' } });
    const { exitCode, output } = await workspace.nx('run a:build-amd64');
    expect(exitCode).not.toBe(0);
    expect(output).toContain('a:build-amd64 --> b:build-amd64 --> a:build-amd64');
  });
});
