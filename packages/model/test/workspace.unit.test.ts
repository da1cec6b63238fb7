import { describe, expect, it } from 'vitest';
import { chainOf, readWorkspace } from '../src';
import { codesOf, files, imageFile, shown, toolFile, valueOf } from './definitions-fixtures';

const on = (image: string) => ({ from: { image } });

describe('a workspace without mistakes', () => {
  const workspace = valueOf(
    readWorkspace(
      files(
        [
          imageFile('aws', { ...on('k8s'), packages: ['awscli'] }),
          imageFile('base', { packages: ['git'] }),
          imageFile('k8s', { ...on('base'), tools: ['yq', 'k9s'] }),
        ],
        [toolFile('yq'), toolFile('k9s')],
      ),
    ),
  );

  it('has parents before children, whatever the order of files', () => {
    expect([...workspace.images.keys()]).toEqual(['base', 'k8s', 'aws']);
  });

  it('resolves an image’s parent and tools', () => {
    const aws = workspace.images.get('aws');
    expect(aws && chainOf(aws).map(({ name }) => name)).toEqual(['base', 'k8s', 'aws']);
    expect(aws?.parent?.tools.map(({ name }) => name)).toEqual(['yq', 'k9s']);
    expect(aws?.parent).toBe(workspace.images.get('k8s'));
  });

  it('fills in defaults', () => {
    expect(workspace.images.get('base')?.definition).toMatchObject({
      tools: [],
      platforms: ['linux/amd64', 'linux/arm64'],
    });
    expect(workspace.tools.get('yq')?.definition.sources.go).toMatchObject({ module: 'tool.invalid/cmd' });
  });
});

describe('mistakes between files', () => {
  it('unknown parent', () => {
    const images = [
      imageFile('base'),
      imageFile('k8s', on('bsae')),
      imageFile('other', on('nothing-like-it')),
    ];
    expect(shown(readWorkspace(files(images)))).toMatchInlineSnapshot(`
      "error: The image "k8s" is based on "bsae", but there is no such image. (unknown-reference)
        images/k8s/image.json:4:14
          3 |   "from": {
          4 |     "image": "bsae"
            |              ^^^^^^ no such image
        help: Did you mean "base"?

      error: The image "other" is based on "nothing-like-it", but there is no such image. (unknown-reference)
        images/other/image.json:4:14
          3 |   "from": {
          4 |     "image": "nothing-like-it"
            |              ^^^^^^^^^^^^^^^^^ no such image
        help: Write images/nothing-like-it/image.json, or remove the name here.

      2 errors in 2 files"
    `);
  });

  it('unknown tool', () => {
    const images = [
      imageFile('base', { tools: ['kubctl', 'something', 'k8s'] }),
      imageFile('k8s', on('kubectl')),
    ];
    expect(shown(readWorkspace(files(images, [toolFile('kubectl')])))).toMatchInlineSnapshot(`
      "error: The image "base" lists the tool "kubctl", but there is no such tool. (unknown-reference)
        images/base/image.json:7:5
          6 |   "tools": [
          7 |     "kubctl",
            |     ^^^^^^^^ no such tool
        help: Did you mean "kubectl"?

      error: The image "base" lists the tool "something", but there is no such tool. (unknown-reference)
        images/base/image.json:8:5
          7 |     "kubctl",
          8 |     "something",
            |     ^^^^^^^^^^^ no such tool
        help: Write tools/something/tool.json, or remove the name here.

      error: The image "base" lists the tool "k8s", but there is no such tool. (unknown-reference)
        images/base/image.json:9:5
          8 |     "something",
          9 |     "k8s"
            |     ^^^^^ no such tool
        help: "k8s" is an image: base an image on another with "from".

      error: The image "k8s" is based on "kubectl", but there is no such image. (unknown-reference)
        images/k8s/image.json:4:14
          3 |   "from": {
          4 |     "image": "kubectl"
            |              ^^^^^^^^^ no such image
        help: "kubectl" is a tool: list it in "tools".

      4 errors in 2 files"
    `);
  });

  it('unknown parent and tool where the options name other folders', () => {
    const file = 'deep/pictures/k8s/image.json';
    const text = JSON.stringify({ description: 'x', from: { image: 'nothing' }, tools: ['something'] });
    const options = { imagesDir: 'deep/pictures', toolsDir: 'gear' };
    const read = readWorkspace({ images: [{ file, text }], tools: [], ...options });
    expect(read.ok ? [] : read.failures.map(({ hint }) => hint)).toEqual([
      'Write deep/pictures/nothing/image.json, or remove the name here.',
      'Write gear/something/tool.json, or remove the name here.',
    ]);
  });

  it('cycle, once', () => {
    const images = [
      imageFile('a', on('c')),
      imageFile('b', on('a')),
      imageFile('c', on('b')),
      imageFile('d', on('a')),
    ];
    expect(shown(readWorkspace(files(images)))).toMatchInlineSnapshot(`
      "error: These images are based on each other: a → c → b → a. (cycle)
        images/a/image.json:4:14
          3 |   "from": {
          4 |     "image": "c"
            |              ^^^ part of the cycle
        help: Base one of them on Debian, or on an image outside of the cycle."
    `);
  });

  it('an image on itself', () => {
    expect(shown(readWorkspace(files([imageFile('a', on('a'))])))).toMatchInlineSnapshot(`
      "error: These images are based on each other: a → a. (cycle)
        images/a/image.json:4:14
          3 |   "from": {
          4 |     "image": "a"
            |              ^^^ part of the cycle
        help: Base one of them on Debian, or on an image outside of the cycle."
    `);
  });

  it('a tool or package that the chain has', () => {
    const images = [
      imageFile('base', { packages: ['curl'], tools: ['yq'] }),
      imageFile('k8s', on('base')),
      imageFile('aws', { ...on('k8s'), packages: ['git', 'curl'], tools: ['yq'] }),
    ];
    expect(shown(readWorkspace(files(images, [toolFile('yq')])))).toMatchInlineSnapshot(`
      "error: The image "aws" already has the package "curl", from "base". (duplicate)
        images/aws/image.json:8:5
          7 |     "git",
          8 |     "curl"
            |     ^^^^^^ in "base" already
        help: Remove it here.

      error: The image "aws" already has the tool "yq", from "base". (duplicate)
        images/aws/image.json:11:5
          10 |   "tools": [
          11 |     "yq"
             |     ^^^^ in "base" already
        help: Remove it here.

      2 errors in one file"
    `);
  });

  it('a platform that the parent lacks', () => {
    const images = [
      imageFile('base', { platforms: ['linux/amd64'] }),
      imageFile('k8s', on('base')),
      imageFile('own', { ...on('base'), platforms: ['linux/amd64', 'linux/arm64'] }),
    ];
    expect(shown(readWorkspace(files(images)))).toMatchInlineSnapshot(`
      "error: The image "k8s" is for linux/arm64, but its parent "base" is for linux/amd64 only. (platform)
        images/k8s/image.json:4:14
          3 |   "from": {
          4 |     "image": "base"
            |              ^^^^^^ "base" lacks it
        help: Add it to "platforms" in images/base/image.json, or list fewer here.

      error: The image "own" is for linux/arm64, but its parent "base" is for linux/amd64 only. (platform)
        images/own/image.json:8:5
          7 |     "linux/amd64",
          8 |     "linux/arm64"
            |     ^^^^^^^^^^^^^ "base" lacks it
        help: Add it to "platforms" in images/base/image.json, or list fewer here.

      2 errors in 2 files"
    `);
  });

  it('a user that the chain has', () => {
    const user = (name: string, uid: number) => ({ users: [{ name, uid, home: `/home/${name}` }] });
    const images = [
      imageFile('base', user('toolbox', 1000)),
      imageFile('k8s', { ...on('base'), ...user('toolbox', 1001) }),
      imageFile('aws', { ...on('base'), ...user('aws', 1000) }),
    ];
    expect(shown(readWorkspace(files(images)))).toMatchInlineSnapshot(`
      "error: The user "aws" (uid 1000) collides with "toolbox" (uid 1000) of "base". (duplicate)
        images/aws/image.json:9:14
          8 |       "name": "aws",
          9 |       "uid": 1000,
            |              ^^^^ taken already
        help: Remove it here, or give it a name and numbers of its own.

      error: The user "toolbox" (uid 1001) collides with "toolbox" (uid 1000) of "base". (duplicate)
        images/k8s/image.json:8:15
          7 |     {
          8 |       "name": "toolbox",
            |               ^^^^^^^^^ taken already
        help: Remove it here, or give it a name and numbers of its own.

      2 errors in 2 files"
    `);
  });

  it('names of folders', () => {
    const images = [imageFile('Base_1'), imageFile('a b.c'), imageFile('x'.repeat(129)), imageFile('yq')];
    expect(shown(readWorkspace(files(images, [toolFile('yq')])))).toMatchInlineSnapshot(`
      "error: The folder "Base_1" must have a name of lower-case letters, digits and single dashes, 128 at most ("tooling-k8s"): its Nx project and its repository have the same name. (schema)
        images/Base_1/image.json
        help: Rename it to images/base-1.

      error: The folder "a b.c" must have a name of lower-case letters, digits and single dashes, 128 at most ("tooling-k8s"): its Nx project and its repository have the same name. (schema)
        images/a b.c/image.json
        help: Rename it to images/a-b-c.

      error: The folder "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" must have a name of lower-case letters, digits and single dashes, 128 at most ("tooling-k8s"): its Nx project and its repository have the same name. (schema)
        images/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx/image.json
        help: Rename it to images/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx.

      error: An image and a tool are both called "yq"; the names of Nx projects are unique. (duplicate)
        tools/yq/tool.json
        help: Rename the folder tools/yq, or that of the image.

      4 errors in 4 files"
    `);
  });

  it('reports the mistakes of every file in one run, without consequences', () => {
    const images = [
      { file: 'images/base/image.json', text: '{' },
      imageFile('k8s', { ...on('base'), tools: ['broken', 'missing'] }),
    ];
    const result = readWorkspace(files(images, [toolFile('broken', { version: 3 })]));
    expect(codesOf(result)).toEqual(['json-syntax', 'schema', 'unknown-reference']);
  });
});
