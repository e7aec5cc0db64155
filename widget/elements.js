/** Builds elements out of text nodes only: nothing here or elsewhere in the frame parses HTML. */

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {string} name Its class.
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(tag, name, ...children) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  element.append(...children);
  return element;
}

/**
 * @param {string} name
 * @param {string} label
 * @param {() => void} act
 */
export function button(name, label, act) {
  const element = make('button', name, label);
  element.type = 'button';
  element.addEventListener('click', act);
  return element;
}

/**
 * An element of the page's own template, which is known to be there.
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} id
 * @returns {T}
 */
export function part(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the template has no #${id}`);
  return /** @type {T} */ (element);
}
