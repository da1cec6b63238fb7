import { caught } from '@image-tooling/host';
import type { Result } from '@image-tooling/model';
import { remoteBlob, pullBlob } from '../blobs/pull';
import { expectBlob, hasBlob } from '../blobs/presence';
import { pushBlob } from '../blobs/push';
import { HASH_ONLY } from '../blobs/hash-only';
import type { Context } from '../context';
import { getManifest, headManifest } from '../manifests/read';
import { deleteManifest, writeManifest } from '../manifests/write';
import type { Repository } from '../port';
import { repositoryText } from '../reference';
import { attach, listAsReferrer } from '../referrers/attach';
import { detach } from '../referrers/detach';
import { listReferrers } from '../referrers/list';
import { listTags } from '../lists/tags';

/** Returns the port, based on requests that throw `Fault`. */
export function repositoryOf(context: Context): Repository {
  const { name } = context;
  const run = <T>(work: Promise<T>): Promise<Result<T>> => caught(repositoryText(name), () => work);
  return {
    name,
    headManifest: (reference) => run(headManifest(context, reference)),
    getManifest: (reference) => run(getManifest(context, reference)),
    putManifest: (manifest, tag) =>
      run(writeManifest(context, manifest, tag).then((answer) => listAsReferrer(context, manifest, answer))),
    deleteManifest: (digest) => run(deleteManifest(context, digest)),
    hasBlob: (digest) => run(hasBlob(context, digest)),
    expectBlob: (blob) => run(expectBlob(context, blob)),
    verifyBlob: (blob) => run(pullBlob(context, blob, HASH_ONLY)),
    pullBlob: (blob, to) => run(pullBlob(context, blob, to)),
    pushBlob: (blob, how = {}) => run(pushBlob(context, blob, how)),
    blobOf: (blob) => remoteBlob(context, blob),
    listTags: () => run(listTags(context)),
    listReferrers: (subject) => run(listReferrers(context, subject)),
    attach: (subject, artifact) => run(attach(context, subject, artifact)),
    detach: (subject, referrers) => run(detach(context, subject, referrers)),
  };
}
