import { describe, expect, it } from 'vitest';
import { digestOf, type OriginLayer } from '@image-tooling/model';
import { codesOf, valueOf } from '@image-tooling/testkit/helpers';
import { assembleImage, type AssembleInput } from '../src/index';
import { parseTarget } from '../src/export/target';
import { temporaryStore } from './helpers';

function layer(owner: string, time: number, more: Partial<OriginLayer> = {}): OriginLayer {
  return {
    kind: 'tool', owner, time, buildId: digestOf(`build ${owner}`), diffId: digestOf(`tar ${owner}`),
    digest: digestOf(`blob ${owner}`), size: 10, tarSize: 100, compression: 'zstd', ...more,
  }; // prettier-ignore
}

const INPUT: Omit<AssembleInput, 'store'> = {
  platform: 'linux/arm64',
  layers: [
    layer('base', 1_700_000_000, { kind: 'bootstrap', compression: 'gzip' }),
    layer('yq', 0, { compression: 'none' }),
    layer('k9s', 5),
  ],
  config: {
    env: { PATH: '/usr/bin', LANG: 'C.UTF-8' },
    entrypoint: ['/bin/bash'],
    cmd: [],
    user: 'toolbox',
    workdir: '/work',
    labels: { a: 'image', b: 'kept' },
    exposedPorts: ['80/tcp'],
  },
  labels: { a: 'over' },
};

async function assembled(input: Partial<AssembleInput> = {}) {
  const store = await temporaryStore();
  const image = valueOf(await assembleImage({ ...INPUT, ...input, store }));
  const json = async (digest: typeof image.configDigest) =>
    JSON.parse(valueOf(await store.readBlob(digest)).toString()) as unknown;
  return { image, config: await json(image.configDigest), manifest: await json(image.manifestDigest) };
}

describe('an assembled image', () => {
  it('has a config of the newest layer’s time, naming each layer’s origin', async () => {
    expect((await assembled()).config).toMatchInlineSnapshot(`
      {
        "architecture": "arm64",
        "config": {
          "Entrypoint": [
            "/bin/bash",
          ],
          "Env": [
            "LANG=C.UTF-8",
            "PATH=/usr/bin",
          ],
          "ExposedPorts": {
            "80/tcp": {},
          },
          "Labels": {
            "a": "over",
            "b": "kept",
          },
          "User": "toolbox",
          "WorkingDir": "/work",
        },
        "created": "2023-11-14T22:13:20Z",
        "history": [
          {
            "created": "2023-11-14T22:13:20Z",
            "created_by": "bootstrap base sha256:c2990dd85760e7bd20c0a830cd0ca587a733cf5b2bf554f157b4da53704d769e",
          },
          {
            "created": "1970-01-01T00:00:00Z",
            "created_by": "tool yq sha256:5ecb6ce0a6d51c0a686628f2d2200f3333e5f8fa2dad00164de00757488b3a92",
          },
          {
            "created": "1970-01-01T00:00:05Z",
            "created_by": "tool k9s sha256:efd8bed0ceafc20f0589cdb9fcf2389bf6aed1986cbe0179b055712e072ee1eb",
          },
        ],
        "os": "linux",
        "rootfs": {
          "diff_ids": [
            "sha256:627517586c56200818f17b4d31a5027676bd54656137c3748e17ad833f680a7b",
            "sha256:66a8906a6d16513ce0f7250fade23b6036c30f19b962a8c6ab33e9d369f5788d",
            "sha256:5be44e8a820cc8a9bc73f367bc96c7cf7834e2c41777edb06b7642ea79bdb6a1",
          ],
          "type": "layers",
        },
      }
    `);
  });

  it('has a manifest with a media type for each compression', async () => {
    const { manifest, image } = await assembled();
    expect(manifest).toMatchObject({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: {
        mediaType: 'application/vnd.oci.image.config.v1+json',
        digest: image.configDigest,
        size: image.configSize,
      },
      layers: [
        { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest: digestOf('blob base'), size: 10 },
        { mediaType: 'application/vnd.oci.image.layer.v1.tar' },
        { mediaType: 'application/vnd.oci.image.layer.v1.tar+zstd' },
      ],
    });
  });

  it('has its golden digest, whatever the order of its settings', async () => {
    const { image } = await assembled();
    expect(image.manifestDigest).toMatchInlineSnapshot(
      `"sha256:901b1fb8550f65921a344f898ca2b1eacd90710b4dd6c91204fa42c2f9aace9e"`,
    );
    const turned = {
      ...INPUT.config,
      env: { LANG: 'C.UTF-8', PATH: '/usr/bin' },
      labels: { b: 'kept', a: 'image' },
    };
    expect((await assembled({ config: turned })).image.manifestDigest).toBe(image.manifestDigest);
    expect((await assembled({ created: 6 })).image.manifestDigest).not.toBe(image.manifestDigest);
  });
});

describe('export targets', () => {
  it.each(['oci:some/folder', 'oci-archive:/a:b.tar', 'docker-archive:x'])('%s', (text) => {
    const { format, path } = valueOf(parseTarget(text));
    expect(`${format}:${path}`).toBe(text);
  });

  it.each(['', 'oci', 'oci:', 'docker:x', ':x'])('%j is not a target', (text) => {
    expect(codesOf(parseTarget(text))).toEqual(['usage']);
  });
});
