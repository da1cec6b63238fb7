import { CONTENTS_VERSION } from '../contents/types';

/** Raise it when the same inventory gives other documents. */
const DOCUMENT_VERSION = 2;

/** The maker of the documents: another version of it may write others about the same image. */
export const GENERATOR = { name: 'image-tooling', version: `${DOCUMENT_VERSION}.${CONTENTS_VERSION}` };
