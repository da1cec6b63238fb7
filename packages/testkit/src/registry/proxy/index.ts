export type { ProxiedRequest, Step } from './exchange';
export type { RegistryFault, RegistryFaultRule, RequestMatch } from './faults';
export { FaultProxy, startFaultProxy, type FaultProxyOptions, type Held } from './proxy';
