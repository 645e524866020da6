// The keyboard in the queue of reviews, on the page of one, and in the sample of an import.
// j and k walk through the list, a letter goes to the field or presses the button that bears it.
// Nothing is published by a letter alone: "a" leads to the button, and Enter presses it.
// Keys are heard only while no field has the focus, and never together with another key.

// After a verdict the page comes back at the next deal of a sample, and its keys mean that one.
if (location.hash.startsWith("#deal-")) document.querySelector(location.hash)?.focus();

const help = document.querySelector("#keys");
const armed = document.querySelector("[data-armed]");
for (const shown of document.querySelectorAll("[data-keys-help], kbd[hidden]")) shown.hidden = false;
for (const button of document.querySelectorAll("[data-keys-help]")) {
  button.addEventListener("click", () => help.showModal());
}

function busy(event) {
  const typing = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";
  return event.ctrlKey || event.altKey || event.metaKey || help?.open || event.target.closest?.(typing);
}

function walk(step) {
  const stops = [...document.querySelectorAll("[data-item], [data-row]")].filter(
    (stop) => !stop.closest("details:not([open])"),
  );
  const here = stops.findIndex((stop) => stop.contains(document.activeElement));
  const next = here < 0 ? (step > 0 ? 0 : stops.length - 1) : here + step;
  const stop = stops[Math.min(Math.max(next, 0), stops.length - 1)];
  stop?.focus();
  stop?.scrollIntoView({ block: "nearest" });
}

function go(key) {
  // In a sample each deal has its own buttons, and the key means those of the one in focus.
  const within = document.activeElement?.closest?.("[data-row]");
  const place = within?.querySelector(`[data-key="${key}"]`) ?? document.querySelector(`[data-key="${key}"]`);
  if (!place || place.disabled) return false;
  if (key === "a") {
    place.focus();
    if (armed) armed.textContent = armed.dataset.says;
  } else if (place.matches("a[href^='#']")) {
    const field = document.querySelector(place.getAttribute("href"));
    field?.scrollIntoView({ block: "center" });
    field?.focus();
  } else {
    place.click();
  }
  return true;
}

document.addEventListener("keydown", (event) => {
  if (busy(event)) return;
  const done =
    event.key === "j" ? (walk(1), true)
    : event.key === "k" ? (walk(-1), true)
    : event.key === "?" && help ? (help.showModal(), true)
    : event.key === "u" && document.querySelector("[data-up]") ? (document.querySelector("[data-up]").click(), true)
    : event.key === "o" && document.activeElement?.matches("[data-item]") ? (document.activeElement.click(), true)
    : /^[a-z]$/.test(event.key) && go(event.key);
  if (done) event.preventDefault();
});

// Once the button is left, nothing is about to be published any more.
document.querySelector('[data-key="a"]')?.addEventListener("blur", () => {
  if (armed) armed.textContent = "";
});
