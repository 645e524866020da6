// What every page can do beyond plain HTML: switch the theme, copy a text, print.
// Buttons for these are `hidden` in the HTML and shown here, so no button is ever dead.

const root = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)");

function theme() {
  return root.dataset.theme ?? (dark.matches ? "dark" : "light");
}

function themeButton(button) {
  const other = () => (theme() === "dark" ? "light" : "dark");
  const label = () => (button.textContent = button.dataset[other()]);
  button.addEventListener("click", () => {
    root.dataset.theme = other();
    try {
      localStorage.setItem("theme", root.dataset.theme);
    } catch {
      // The choice then lasts for this page only.
    }
    label();
    document.dispatchEvent(new Event("themechange"));
  });
  dark.addEventListener("change", label);
  label();
  button.hidden = false;
}

async function copy(button) {
  const text = button.dataset.copy || document.querySelector(button.dataset.copyFrom).textContent.trim();
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = document.body.dataset.copied;
  } catch {
    button.textContent = button.dataset.copyFailed ?? document.body.dataset.copyFailed;
  }
  setTimeout(() => (button.textContent = before), 2000);
}

function reveal(within) {
  for (const button of within.querySelectorAll("[data-copy], [data-copy-from], [data-print]")) {
    button.hidden = false;
  }
}

// What a form keeps in the browser is for whoever typed it, and goes when that person does.
function forgetDrafts(event) {
  if (!/\/(sign-out|logout)\/$/.test(event.target.getAttribute("action") ?? "")) return;
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith("draft:")) localStorage.removeItem(key);
  } catch {
    // Where storage is forbidden nothing was kept.
  }
}

document.addEventListener("submit", forgetDrafts);
for (const button of document.querySelectorAll("[data-theme-switch]")) themeButton(button);
reveal(document);
document.addEventListener("htmx:afterSwap", (event) => reveal(event.target));
document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.copy !== undefined || button.dataset.copyFrom) copy(button);
  if (button.dataset.print !== undefined) window.print();
});
