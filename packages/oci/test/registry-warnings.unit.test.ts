import { describe, expect, it } from 'vitest';
import { digestOf } from '@image-tooling/model';
import { failuresOf, valueOf } from '@image-tooling/testkit/helpers';
import { MEDIA_TYPES } from '../src/image/manifest';
import { opened } from './registry-helpers';
import { serve } from './registry-transport-helpers';

const OTHER = 'application/vnd.docker.distribution.manifest.v2+json';

/** A registry whose only manifest says itself what it is, and that adds headers to each answer. */
async function registryWith(headers: Record<string, string>, mediaType: string = MEDIA_TYPES.manifest) {
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType }));
  const server = await serve((_, response) =>
    response.writeHead(200, { 'docker-content-digest': digestOf(bytes), ...headers }).end(bytes),
  );
  const notes: string[] = [];
  const repository = opened(server.host, 'team/name', { note: (line) => notes.push(line) });
  return { repository, notes, host: server.host };
}

describe('warnings of a registry', () => {
  it('are shown once each, if they have the specified format', async () => {
    const { repository, notes, host } = await registryWith({
      'content-type': MEDIA_TYPES.manifest,
      warning: '299 - "goes away in May, \\"soon\\"", 299 - "second", 199 agent "other"',
    });
    for (let times = 0; times < 3; times++) valueOf(await repository.getManifest('v1'));
    expect(notes).toEqual([`${host} warns: goes away in May, "soon"`, `${host} warns: second`]);
  });
});

describe('the type of a manifest', () => {
  it('is refused if the answer and the manifest differ', async () => {
    const { repository, host } = await registryWith({ 'content-type': MEDIA_TYPES.index });
    const [failure] = failuresOf(await repository.getManifest('v1'));
    expect(failure).toMatchObject({
      code: 'image-format',
      details: [`Content-Type: ${MEDIA_TYPES.index}`, `mediaType: ${MEDIA_TYPES.manifest}`],
    });
    expect(failure.message).toContain(`${host} serves the manifest v1 with another media type`);
  });

  it.each([
    [`${OTHER}; charset=utf-8`, OTHER],
    ['application/json', MEDIA_TYPES.manifest],
    ['text/plain', OTHER],
  ])('with Content-Type %s is %s', async (stated, mediaType) => {
    const { repository } = await registryWith({ 'content-type': stated }, mediaType);
    expect(valueOf(await repository.getManifest('v1'))?.mediaType).toBe(mediaType);
  });
});
