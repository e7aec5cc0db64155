/**
 * Reads text/event-stream out of a fetch body, and keeps an answer going over broken connections: the same
 * POST again with Last-Event-ID, which never asks the model a second time. Used by frame.js.
 */
/** @import { ServerEvent } from './types.js' */

/** A refusal that the server put into words, before the stream or in it. */
export class Refused extends Error {
  /**
   * @param {string} sentence
   * @param {{ status?: number, code?: string, retry?: boolean }} [about]
   */
  constructor(sentence, { status = 0, code = '', retry = false } = {}) {
    super(sentence);
    this.status = status;
    this.code = code;
    this.retry = retry;
  }
}

/** The server was not reached, or the connection broke more often than we try. */
export class Unreachable extends Error {}

/**
 * Events of one connection. Bytes may be cut anywhere, also inside a character.
 * @param {AsyncIterable<Uint8Array>} body
 * @returns {AsyncGenerator<ServerEvent>}
 */
export async function* events(body) {
  const decoder = new TextDecoder();
  let rest = '';
  let id = '';
  let event = '';
  /** @type {string[]} */
  let data = [];
  for await (const bytes of body) {
    rest += decoder.decode(bytes, { stream: true });
    // A CR at the very end may be half of CRLF: it waits for the next bytes.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '') {
        if (data.length) yield { id, event: event || 'message', data: JSON.parse(data.join('\n')) };
        event = '';
        data = [];
        continue;
      }
      const colon = line.indexOf(':');
      if (colon === 0) continue; // a comment: the server shows that it is there
      const field = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
      if (field === 'data') data.push(value);
      else if (field === 'event') event = value;
      else if (field === 'id') id = value;
    }
  }
}

/**
 * @param {ReadableStream<Uint8Array>} stream
 * @returns {AsyncGenerator<Uint8Array>}
 */
async function* chunks(stream) {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    reader.cancel().catch(() => {}); // already broken: nothing is left to cancel
  }
}

/**
 * All events of one answer, up to and with `done` or `error`. A broken connection is taken up again where it broke.
 * @param {(lastEventId: string, signal: AbortSignal) => Promise<Response>} post
 * @param {{ signal: AbortSignal, pauses?: number[], quiet?: number, wait?: (ms: number) => Promise<void> }} options
 *   `pauses`: milliseconds before each further try; `quiet`: after so long without a byte the connection counts as broken.
 * @returns {AsyncGenerator<ServerEvent>}
 */
export async function* answer(post, { signal, pauses = [400, 1000, 2000, 4000], quiet = 35000, wait = pause }) {
  let last = '';
  let tries = 0;
  for (;;) {
    const connection = new AbortController();
    const stop = () => connection.abort();
    signal.addEventListener('abort', stop);
    let alarm = setTimeout(stop, quiet);
    try {
      const response = await post(last, connection.signal);
      if (!response.ok) throw await refusal(response);
      if (response.body) {
        const body = response.body;
        const heard = (async function* () {
          for await (const bytes of chunks(body)) {
            clearTimeout(alarm);
            alarm = setTimeout(stop, quiet);
            yield bytes;
          }
        })();
        for await (const event of events(heard)) {
          if (event.id) last = event.id;
          tries = 0;
          yield event;
          if (event.event === 'done' || event.event === 'error') return;
        }
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof Refused && error.status < 500) throw error;
      if (error instanceof Refused && tries >= pauses.length) throw error;
    } finally {
      clearTimeout(alarm);
      signal.removeEventListener('abort', stop);
      stop();
    }
    if (signal.aborted) return;
    if (tries >= pauses.length) throw new Unreachable('the connection broke');
    await wait(pauses[tries++]);
  }
}

/**
 * @param {Response} response
 * @returns {Promise<Refused>}
 */
export async function refusal(response) {
  /** @type {any} */
  let body = null;
  try {
    body = await response.json();
  } catch {
    body = null; // not ours: a proxy's page
  }
  const sentence = typeof body?.error === 'string' ? body.error : '';
  return new Refused(sentence, { status: response.status, code: String(body?.code ?? ''), retry: response.status >= 500 });
}

/** @param {number} ms */
function pause(ms) {
  return /** @type {Promise<void>} */ (new Promise((resolve) => setTimeout(resolve, ms)));
}
