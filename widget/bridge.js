/**
 * The frame's side of the talk with the loader on the host page. The loader names its origin in our fragment;
 * we post to exactly that origin and hear only our parent speaking from it. Unknown messages are dropped.
 */
import { config } from './words.js';

const claimed = decodeURIComponent(location.hash.slice(1));
const origin = /^https?:\/\/[^/?#]+$/.test(claimed) ? claimed : '';
const allowed = !config?.origins.length || config.origins.includes(origin) || origin === location.origin;
/** Whether a loader is around us; without one there is nothing to close. */
export const embedded = window.parent !== window && origin !== '' && allowed;

/**
 * @param {'ready' | 'unknown' | 'close' | 'visitor' | 'forget'} type
 * @param {string} [id]
 */
export function tell(type, id) {
  if (embedded) window.parent.postMessage({ type: `milo:${type}`, id }, origin);
}

/**
 * @typedef {object} Hears
 * @property {(visitor: string | null) => void} hello Once, with the id the host page kept.
 * @property {(narrow: boolean) => void} opened
 * @property {() => void} closed
 */

/** @param {Hears} hears */
export function listen(hears) {
  let greeted = false;
  addEventListener('message', (event) => {
    if (!embedded || event.source !== window.parent || event.origin !== origin) return;
    const { type, visitor, narrow } = Object(event.data);
    if (type === 'milo:hello' && !greeted) {
      greeted = true;
      hears.hello(typeof visitor === 'string' && /^[0-9a-f]{32}$/.test(visitor) ? visitor : null);
    } else if (type === 'milo:opened') {
      hears.opened(narrow === true);
    } else if (type === 'milo:closed') {
      hears.closed();
    }
  });
  if (!embedded) hears.hello(null);
}
