export { imitatedVendors, startImitation, type Imitation, type ImitationOptions, type Vendor } from './start';
