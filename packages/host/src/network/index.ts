export { isLocalHost, withoutBrackets } from './local-host';
export { proxiesOf, shownProxy, type Proxies } from './proxies';
export { ProxyError } from './proxy-error';
export {
  openSender,
  type RequestOptions,
  type ResponseData,
  type Sender,
  type SenderOptions,
} from './sender';
export { isUntrusted, trustHint, trustOf } from './trust';
