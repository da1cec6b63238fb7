export { debianFindings, SECURITY_UPDATE, sourcesWithoutData } from './debian';
export { endOfLifeFindings } from './end-of-life';
export { joinedFindings } from './joined';
export { licenceFindings } from './licences';
export { osvFindings } from './osv';
export { scannerFindings } from './scanner';
export { setuidFindings } from './setuid';
export { sizeFindings } from './size';
export { packagesOf } from './symbols';
