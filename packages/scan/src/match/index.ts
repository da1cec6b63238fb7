export { debianFindings, SECURITY_UPDATE, sourcesWithoutData } from './debian';
export { endOfLifeFindings } from './end-of-life';
export { licenceFindings } from './licences';
export { osvFindings } from './osv';
export { setuidFindings } from './setuid';
export { sizeFindings } from './size';
