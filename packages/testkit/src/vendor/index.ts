export { vendorTar, type VendorEntry } from './tar';
export { vendorZip, type VendorZipEntry } from './zip';
