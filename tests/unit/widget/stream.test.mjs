// Run by test_widget.py with `node --test`: the parser and the resume of stream.js, which need no browser.
import assert from 'node:assert/strict';
import { test } from 'node:test';

globalThis.document = { querySelector: () => null };
const { answer, events, Refused, Unreachable } = await import('../../../widget/stream.js');

const encoder = new TextEncoder();

async function* pieces(bytes, size) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}

async function all(iterable) {
  const found = [];
  for await (const item of iterable) found.push(item);
  return found;
}

const WIRE = ': still here\n\nid: 1\nevent: meta\ndata: {"message":"m"}\n\nid: 100007\r\nevent: delta\r\ndata: {"text":"Øl 5 €"}\r\n\r\nid: 300001\nevent: done\ndata: {"status":"answered"}\n\n';

test('events are the same however the bytes are cut', async () => {
  const bytes = encoder.encode(WIRE);
  for (let size = 1; size <= bytes.length; size++) {
    const found = await all(events(pieces(bytes, size)));
    assert.deepEqual(found.map((event) => event.event), ['meta', 'delta', 'done'], `cut every ${size} bytes`);
    assert.equal(found[1].data.text, 'Øl 5 €');
    assert.deepEqual(found.map((event) => event.id), ['1', '100007', '300001']);
  }
});

test('an event that is not finished is not told', async () => {
  const found = await all(events(pieces(encoder.encode('id: 1\nevent: delta\ndata: {"text":"a"}\n'), 5)));
  assert.deepEqual(found, []);
});

test('data on several lines is joined', async () => {
  const [event] = await all(events(pieces(encoder.encode('data: {"a":\ndata: 1}\n\n'), 100)));
  assert.deepEqual(event.data, { a: 1 });
});

function stream(text, { breaks = false } = {}) {
  return new Response(
    new ReadableStream({
      start(controller) {
        controller.enqueue(encoder.encode(text));
        if (breaks) controller.error(new TypeError('network'));
        else controller.close();
      },
    }),
  );
}

const options = () => ({ signal: new AbortController().signal, wait: async () => {} });

test('a broken connection is taken up behind the last event', async () => {
  const asked = [];
  const answers = [
    () => stream('id: 1\nevent: meta\ndata: {}\n\nid: 100002\nevent: delta\ndata: {"text":"He"}\n\n'),
    () => Promise.reject(new TypeError('network')),
    () => stream('id: 100005\nevent: delta\ndata: {"text":"llo"}\n\nid: 300001\nevent: done\ndata: {}\n\n'),
  ];
  const post = async (last) => {
    asked.push(last);
    return answers[asked.length - 1]();
  };
  const found = await all(answer(post, options()));
  assert.deepEqual(asked, ['', '100002', '100002']);
  assert.deepEqual(found.map((event) => event.event), ['meta', 'delta', 'delta', 'done']);
});

test('after the last try it says that nobody is there', async () => {
  let tries = 0;
  const post = async () => {
    tries++;
    throw new TypeError('network');
  };
  await assert.rejects(all(answer(post, { ...options(), pauses: [1, 1] })), Unreachable);
  assert.equal(tries, 3);
});

test('a refusal in words is not tried again', async () => {
  let tries = 0;
  const post = async () => {
    tries++;
    return new Response(JSON.stringify({ error: 'Too long.', code: 'too_large' }), { status: 413 });
  };
  await assert.rejects(all(answer(post, options())), (error) => error instanceof Refused && error.message === 'Too long.');
  assert.equal(tries, 1);
});

test('a server that is down for a moment is tried again', async () => {
  const statuses = [503, 200];
  const post = async () => {
    const status = statuses.shift();
    return status === 503
      ? new Response('<html>Bad gateway</html>', { status })
      : stream('id: 1\nevent: done\ndata: {}\n\n');
  };
  const found = await all(answer(post, options()));
  assert.deepEqual(found.map((event) => event.event), ['done']);
});

test('a stop ends it without an error', async () => {
  const stopped = new AbortController();
  const post = async (_, signal) =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(new DOMException('', 'AbortError'))));
  setTimeout(() => stopped.abort(), 5);
  assert.deepEqual(await all(answer(post, { signal: stopped.signal })), []);
});

test('a connection without a byte counts as broken', async () => {
  let tries = 0;
  const post = async (_, signal) => {
    tries++;
    return new Response(
      new ReadableStream({
        start(controller) {
          signal.addEventListener('abort', () => controller.error(new DOMException('', 'AbortError')));
        },
      }),
    );
  };
  await assert.rejects(all(answer(post, { ...options(), pauses: [1], quiet: 10 })), Unreachable);
  assert.equal(tries, 2);
});
