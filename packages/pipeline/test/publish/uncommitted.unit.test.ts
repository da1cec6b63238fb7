import { parseWorkspaceOptions, readWorkspace, type Image } from '@image-tooling/model';
import { describe, expect, it } from 'vitest';
import { valueOf } from '@image-tooling/testkit/helpers';
import { uncommittedInputs } from '../../src/publish/uncommitted';

const TOOL = {
  description: 'A tool',
  homepage: 'https://fixture.invalid',
  license: 'MIT',
  version: '1.0.0',
  sources: { go: { package: 'fixture.invalid/tool' } },
};

const IMAGES = {
  base: { description: 'A base', from: { debian: 'trixie' }, tools: ['below'], files: 'rootfs' },
  child: { description: 'A child', from: { image: 'base' }, tools: ['own'], files: 'deep/files' },
  other: { description: 'Another', from: { image: 'base' }, tools: ['alien'] },
};

function child(): Image {
  const text = (file: string, content: object) => ({ file, text: JSON.stringify(content) });
  const workspace = readWorkspace({
    images: Object.entries(IMAGES).map(([name, image]) => text(`images/${name}/image.json`, image)),
    tools: ['below', 'own', 'alien'].map((name) => text(`tools/${name}/tool.json`, TOOL)),
    imageLocks: [],
    toolLocks: [],
  });
  return valueOf(workspace).images.get('child')!;
}

const options = valueOf(
  parseWorkspaceOptions('nx.json', '{ "plugins": ["@image-tooling/nx"] }', '@image-tooling/nx'),
);

function inputs(uncommitted: readonly string[], ignored: readonly string[] = []): string[] {
  return uncommittedInputs({ options }, child(), { uncommitted, ignored });
}

describe('what is not committed', () => {
  it.each([
    'images/child/image.json',
    'images/child/lock.json',
    'images/child/deep/files/etc/motd',
    'images/base/rootfs/etc/motd',
    'tools/own/tool.json',
    'tools/below/go.sum',
    'images/archive.lock.json',
    'nx.json',
    'trust/vendor/key.asc',
    'package-lock.json',
  ])('is an input of an image: %s', (path) => {
    expect(inputs([path])).toEqual([path]);
  });

  it.each([
    'images/other/image.json',
    'images/children/image.json',
    'images/new/rootfs/etc/motd',
    'tools/alien/tool.json',
    'tools/owner/tool.json',
  ])('belongs to another: %s', (path) => {
    expect(inputs([path])).toEqual([]);
  });

  it.each([
    'images/child/dist/linux-amd64/digest.json',
    'images/base/dist/publish/publish.json',
    'tools/own/dist/linux-amd64/layer.blob',
  ])('is an output of a task, if git does not ignore it: %s', (path) => {
    expect(inputs([path])).toEqual([]);
  });
});

describe('what git ignores', () => {
  it.each([
    'images/child/deep/files/etc/secret.env',
    'images/child/deep/files/cache/',
    'images/child/deep/files/',
    'images/child/deep/',
    'images/child/',
    'images/',
    'images/base/rootfs/var.log',
    'images/child/lock.json',
    'tools/own/go.sum',
  ])('is in the image nevertheless: %s', (path) => {
    expect(inputs([], [path])).toEqual([path]);
  });

  it.each([
    'node_modules/',
    '.nx/',
    'images/child/dist/',
    'images/child/deep/.DS_Store',
    'images/child/deep/filesystem/',
    'images/child/image.json.swp',
    'images/other/rootfs/x.env',
    'tools/own/dist/',
    'tools/alien/go.sum',
  ])('is in no image: %s', (path) => {
    expect(inputs([], [path])).toEqual([]);
  });
});
