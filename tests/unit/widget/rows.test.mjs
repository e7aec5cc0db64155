// Run by test_widget.py with `node --test`: a table row is shown without its bars, everything else as it stands.
import assert from 'node:assert/strict';
import { test } from 'node:test';

const { isRow, laidOut, spoken } = await import('../../../widget/rows.js');

test('a row is shown with middle dots, its label above it', () => {
  const row = 'Loaves: Dark rye | £5.20 |  | rye';
  assert.equal(laidOut(row, ['Loaves', 'Dark rye | £5.20 |  | rye']), 'Loaves:\nDark rye · £5.20 · – · rye');
  assert.equal(laidOut(row), 'Loaves: Dark rye · £5.20 · – · rye');
  assert.equal(laidOut('A | 1\nB | 2'), 'A · 1\nB · 2');
  assert.equal(laidOut('Rolls: A | 1 B | $&', ['Rolls\nA | 1\nB | $&']), 'Rolls:\nA · 1\nB · $&');
  assert.equal(laidOut('Hours: A | 1', ['Hours: A | 1']), 'Hours: A · 1');
  assert.equal(spoken('Dark rye | £5.20'), 'Dark rye, £5.20');
});

test('what is no row stays as it is', () => {
  for (const text of ['On Sundays: closed.', 'a|b || c', '']) {
    assert.equal(isRow(text), false);
    assert.equal(laidOut(text, ['On Sundays']), text);
  }
});
