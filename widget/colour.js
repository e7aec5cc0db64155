/**
 * The owner's accent, moved until it can be read: 4.5:1 against the paper it stands on (WCAG 1.4.3), in light
 * and in dark. Sets --accent and --on-accent.
 */

const LIGHT = { paper: [250, 249, 247], toward: 0 };
const DARK = { paper: [27, 26, 24], toward: 255 };

/** @param {string | null} accent #rrggbb */
export function applyAccent(accent) {
  const wanted = [1, 3, 5].map((at) => parseInt((accent ?? '#2b5d54').slice(at, at + 2), 16));
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const apply = () => {
    const side = dark.matches ? DARK : LIGHT;
    const colour = readable(wanted, side.paper, side.toward);
    const root = document.documentElement.style;
    root.setProperty('--accent', `rgb(${colour.join(' ')})`);
    root.setProperty('--on-accent', contrast(colour, [255, 255, 255]) >= 4.5 ? '#fff' : '#11100f');
  };
  dark.addEventListener('change', apply);
  apply();
}

/**
 * @param {number[]} colour
 * @param {number[]} paper
 * @param {number} toward 0 darkens, 255 lightens.
 */
export function readable(colour, paper, toward) {
  let now = colour;
  for (let step = 0; step < 40 && contrast(now, paper) < 4.5; step++) {
    now = now.map((channel) => Math.round(channel + (toward - channel) * 0.08));
  }
  return now;
}

/**
 * @param {number[]} one
 * @param {number[]} other
 */
export function contrast(one, other) {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** @param {number[]} colour */
function luminance(colour) {
  const [r, g, b] = colour.map((channel) => {
    const part = channel / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
