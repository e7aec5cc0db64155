/**
 * Served as /widget.js, runs on the business's own page: a button in a shadow root, and behind it, from the
 * first click on, the conversation in an iframe on our origin. Before that click nothing is requested and
 * nothing stored; the visitor's id is kept in this page's localStorage once the frame says that a message went
 * out. Talks to frame.js (bridge.js) by postMessage with exact origins both ways.
 */
(() => {
  'use strict';

  const script = /** @type {HTMLScriptElement | null} */ (
    document.currentScript || document.querySelector('script[data-key][src*="/widget.js"]')
  );
  const key = script?.dataset.key ?? '';
  const warn = (/** @type {string} */ why) => console.warn(`Milo: ${why}`);
  if (!script || !/^[\w-]{4,80}$/.test(key)) return warn('the snippet has no valid data-key.');
  if (location.origin === 'null') return warn('this page has no web address.');
  const once = Symbol.for('milo.widget');
  if (Reflect.has(window, once)) return warn('the snippet stands twice on this page.');
  Reflect.set(window, once, true);

  const home = new URL(script.src).origin;
  const slot = `milo:${key}`;
  const [unreachable, again] = (
    {
      de: 'Der Chat ist gerade nicht erreichbar.|Erneut versuchen',
      fr: 'La discussion est injoignable pour le moment.|Réessayer',
      da: 'Chatten kan ikke nås lige nu.|Prøv igen',
      es: 'El chat no está disponible ahora.|Reintentar',
      it: 'La chat non è raggiungibile ora.|Riprova',
      nl: 'De chat is nu niet bereikbaar.|Opnieuw',
    }[(document.documentElement.lang || navigator.language).slice(0, 2).toLowerCase()] ??
    'The chat cannot be reached right now.|Try again'
  ).split('|');

  const accent = /^#[0-9a-f]{6}$/i.test(script.dataset.accent ?? '') ? String(script.dataset.accent) : '#2b5d54';
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(accent.slice(at, at + 2), 16));
  const onAccent = red * 0.299 + green * 0.587 + blue * 0.114 > 150 ? '#1c1b1a' : '#fff';
  const edge = script.dataset.side === 'left' ? 'inset-inline-start' : 'inset-inline-end';

  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host{all:initial!important;display:block!important;position:fixed!important;${edge}:0!important;bottom:0!important;
      width:0!important;height:0!important;z-index:2147483000!important;color-scheme:light dark}
    button{font:600 15px/1 system-ui,sans-serif;cursor:pointer;border:0}
    button:focus-visible{outline:3px solid #fff;box-shadow:0 0 0 6px #1c1b1a}
    .launch{position:fixed;${edge}:20px;bottom:20px;width:56px;height:56px;border-radius:28px;display:grid;place-items:center;
      background:${accent};color:${onAccent};box-shadow:0 2px 12px #0004}
    svg{width:26px;height:26px;fill:none;stroke:currentColor;stroke-width:2}
    .panel{position:fixed;${edge}:20px;bottom:88px;width:400px;height:min(640px,100dvh - 108px);
      border-radius:12px;overflow:hidden;background:#faf9f7;color:#1c1b1a;box-shadow:0 8px 40px #0003,0 0 0 1px #0001}
    [hidden]{display:none!important}
    iframe{display:block;width:100%;height:100%;border:0;color-scheme:normal}
    .note{position:absolute;inset:0;display:flex;flex-direction:column;gap:16px;align-items:center;justify-content:center;
      padding:32px;text-align:center;font:15px/1.5 system-ui,sans-serif}
    .again{min-height:44px;padding:0 20px;border-radius:8px;background:${accent};color:${onAccent}}
    @media(prefers-color-scheme:dark){.panel{background:#1b1a18;color:#f2efe9}}
    @media(max-width:639px){.panel{inset:0;width:auto;height:100%;border-radius:0}.open:not([hidden])+.launch{display:none}}
    @media print{:host{display:none!important}}`);

  /** @type {<K extends keyof HTMLElementTagNameMap>(tag: K, name: string) => HTMLElementTagNameMap[K]} */
  const make = (tag, name) => {
    const element = document.createElement(tag);
    element.className = name;
    return element;
  };
  const button = (/** @type {string} */ name, /** @type {() => void} */ act) => {
    const element = make('button', name);
    element.type = 'button';
    element.addEventListener('click', act);
    return element;
  };

  // Beside body, not in it: pages that swap their body while moving on keep the conversation.
  const host = document.createElement('milo-chat');
  const root = host.attachShadow({ mode: 'open' });
  root.adoptedStyleSheets = [sheet];
  const panel = make('div', 'panel');
  panel.hidden = true;
  const note = make('div', 'note');
  const said = make('div', '');
  said.setAttribute('role', 'status');
  const retry = button('again', () => load());
  retry.textContent = again;
  note.append(said, retry);
  panel.append(note);
  const launcher = button('launch', () => show(panel.hidden));
  launcher.setAttribute('aria-label', 'Chat');
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  const path = document.createElementNS(svg.namespaceURI, 'path');
  svg.append(path);
  launcher.append(svg);
  root.append(panel, launcher);

  /** @type {HTMLIFrameElement | null} */
  let frame = null;
  let ready = false;
  /** @type {string | null} The id for as long as this page lives; where storage is blocked it lives here only. */
  let visitor = null;

  const tell = (/** @type {string} */ type, /** @type {object} */ more = {}) => {
    if (ready) frame?.contentWindow?.postMessage({ type: `milo:${type}`, ...more }, home);
  };
  const narrow = () => innerWidth < 640;

  function face() {
    const shown = !panel.hidden;
    launcher.setAttribute('aria-expanded', String(shown));
    path.setAttribute('d', shown ? 'M6 6l12 12M18 6L6 18' : 'M4 5h16v11H9l-5 4z');
  }

  function show(/** @type {boolean} */ shown) {
    panel.hidden = !shown;
    face();
    fit();
    if (!shown) {
      launcher.focus();
      return tell('closed');
    }
    if (!frame) load();
    else if (ready) enter();
  }

  function enter() {
    frame?.focus();
    tell('opened', { narrow: narrow() });
  }

  /** The first click, or "try again": our own address in the fragment tells the frame whom to answer. */
  function load() {
    frame?.remove();
    ready = false;
    panel.classList.remove('open');
    said.textContent = '…';
    retry.hidden = true;
    note.hidden = false;
    const fresh = make('iframe', '');
    fresh.title = 'Chat';
    fresh.hidden = true;
    fresh.referrerPolicy = 'no-referrer';
    fresh.src = `${home}/w/${key}/frame#${encodeURIComponent(location.origin)}`;
    setTimeout(() => failed(fresh), 15000);
    // The frame has spoken before its load event; a browser's error page never does.
    fresh.addEventListener('load', () => setTimeout(() => failed(fresh), 1500));
    frame = fresh;
    panel.append(fresh);
  }

  function failed(/** @type {HTMLIFrameElement} */ which) {
    if (ready || frame !== which) return;
    which.remove();
    frame = null;
    said.textContent = unreachable;
    retry.hidden = false;
    if (!panel.hidden) retry.focus();
  }

  /** A phone's keyboard shrinks what is seen, not the page: follow it. */
  function fit() {
    const seen = window.visualViewport;
    const full = seen && !panel.hidden && narrow();
    panel.style.height = full ? `${seen.height}px` : '';
    panel.style.top = full ? `${seen.offsetTop}px` : '';
  }

  function stored(/** @type {string | null | undefined} */ value) {
    try {
      if (value === undefined) return localStorage.getItem(slot);
      if (value === null) localStorage.removeItem(slot);
      else localStorage.setItem(slot, value);
    } catch {
      return null; // storage is blocked on this page: memory only
    }
    return value;
  }

  addEventListener('message', (event) => {
    if (!frame || event.source !== frame.contentWindow || event.origin !== home) return;
    const { type, id } = Object(event.data);
    if (type === 'milo:ready') {
      ready = true;
      note.hidden = true;
      frame.hidden = false;
      panel.classList.add('open');
      const known = visitor ?? stored(undefined) ?? '';
      tell('hello', { visitor: /^[0-9a-f]{32}$/.test(known) ? known : null });
      if (!panel.hidden) enter();
    } else if (type === 'milo:close') {
      show(false);
    } else if (type === 'milo:visitor' && /^[0-9a-f]{32}$/.test(id)) {
      stored((visitor = id));
    } else if (type === 'milo:forget') {
      stored((visitor = null));
    } else if (type === 'milo:unknown') {
      host.remove();
      warn('this data-key is not known.');
    }
  });
  root.addEventListener('keydown', (event) => {
    if (/** @type {KeyboardEvent} */ (event).key === 'Escape' && !panel.hidden) show(false);
  });
  for (const change of ['resize', 'scroll']) window.visualViewport?.addEventListener(change, fit);

  face();
  document.documentElement.append(host);
})();
