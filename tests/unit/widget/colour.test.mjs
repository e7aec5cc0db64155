// Run by test_widget.py with `node --test`: no accent of an owner ends up unreadable.
import assert from 'node:assert/strict';
import { test } from 'node:test';

const { contrast, readable } = await import('../../../widget/colour.js');
const LIGHT = [250, 249, 247];
const DARK = [27, 26, 24];

test('every accent is readable on light and on dark paper', () => {
  for (let red = 0; red < 256; red += 17)
    for (let green = 0; green < 256; green += 17)
      for (let blue = 0; blue < 256; blue += 17) {
        assert.ok(contrast(readable([red, green, blue], LIGHT, 0), LIGHT) >= 4.5);
        assert.ok(contrast(readable([red, green, blue], DARK, 255), DARK) >= 4.5);
      }
});

test('a readable accent is left alone', () => {
  assert.deepEqual(readable([43, 93, 84], LIGHT, 0), [43, 93, 84]);
});

test('what stands on an accent is readable', () => {
  for (let grey = 0; grey < 256; grey += 5) {
    for (const [paper, toward] of [[LIGHT, 0], [DARK, 255]]) {
      const accent = readable([grey, grey, grey], paper, toward);
      const text = contrast(accent, [255, 255, 255]) >= 4.5 ? [255, 255, 255] : [17, 16, 15];
      assert.ok(contrast(accent, text) >= 4.5);
    }
  }
});
