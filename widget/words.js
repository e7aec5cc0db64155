/**
 * What the page carries for this business and language: `config` is null when the widget key is unknown.
 */
/** @import { Config } from './types.js' */

const meta = /** @type {HTMLMetaElement | null} */ (document.querySelector('meta[name="milo-config"]'));

/** @type {Config | null} */
export const config = meta ? JSON.parse(meta.content) : null;

/**
 * A phrase in the visitor's language, with {name} always filled in.
 * @param {string} name
 * @param {Record<string, string | number>} [values]
 */
export function word(name, values = {}) {
  const all = { name: config?.name ?? '', ...values };
  const phrase = config?.words[name] ?? name;
  return phrase.replace(/\{(\w+)\}/g, (whole, slot) => String(Object.hasOwn(all, slot) ? Reflect.get(all, slot) : whole));
}
