import { fail, type Result } from '@image-tooling/model';
import { openLayoutFolder, type OpenRepository } from '@image-tooling/oci';
import { openRemote, type RegistryAccess } from '../registry-access';
import { placeText, type Place } from './place';

/** Opens the repository or folder of a place. Sends no request before the first call. */
export function openPlace(place: Place, access: RegistryAccess): OpenRepository {
  return place.kind === 'folder' ? openLayoutFolder(place.path) : openRemote(place.repository, access);
}

/** Returns the failure for a place without an image. */
export function noImageAt(place: Place): Result<never> {
  return fail({
    code: 'gone',
    message: `There is no image at ${placeText(place)}.`,
    hint: 'Check the name and the tag; if the registry needs a login, log in.',
  });
}
