// The few things that HTML cannot do alone. Every page also works without this file.
"use strict";

// The sign-in token stands behind the # of the mailed link, so that no server ever logs it.
function fillToken() {
  const field = document.querySelector("[data-token]");
  if (!field || !location.hash) return;
  field.value = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
  document.querySelectorAll("[data-token-paste]").forEach((part) => { part.hidden = true; });
}

// First run: the browser knows the time zone and the language better than we do.
function prefill() {
  const zone = document.querySelector("select[data-browser-zone]");
  if (zone) {
    const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if ([...zone.options].some((option) => option.value === own)) zone.value = own;
  }
  const language = document.querySelector("select[data-browser-language]");
  if (language) {
    const own = (navigator.language || "").slice(0, 2).toLowerCase();
    if ([...language.options].some((option) => option.value === own)) language.value = own;
  }
}

document.addEventListener("click", async (event) => {
  const copy = event.target.closest("[data-copy]");
  if (!copy) return;
  const source = document.getElementById(copy.dataset.copy);
  const before = copy.textContent;
  try {
    await navigator.clipboard.writeText(source.textContent.trim());
    copy.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(source);
    copy.textContent = "Selected: press Ctrl or ⌘ and C";
  }
  setTimeout(() => { copy.textContent = before; }, 2500);
});

// A double click must not send a form twice.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.hasAttribute("hx-post")) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "yes";
  setTimeout(() => { delete form.dataset.sent; }, 4000);
});

// An undo stays for ten seconds, and longer while somebody is at it. Its place stays: nothing below may jump.
document.querySelectorAll("[data-vanish]").forEach((part) => {
  const vanish = () => {
    if (part.matches(":hover, :focus-within")) setTimeout(vanish, 1000);
    else part.classList.add("vanished");
  };
  setTimeout(vanish, Number(part.dataset.vanish) * 1000);
});

// What is too large is told before it is sent, and the choice is not lost.
document.addEventListener("change", (event) => {
  const field = event.target;
  if (!field.matches("input[type=file][data-most]")) return;
  const bytes = [...field.files].reduce((sum, file) => sum + file.size, 0);
  const most = Number(field.dataset.most);
  const told = `These are ${Math.ceil(bytes / 1048576)} MB; ${most / 1048576} MB are taken at once. Add them in parts.`;
  field.setCustomValidity(bytes > most ? told : "");
  field.reportValidity();
});

fillToken();
prefill();
