// A field for an organization: a combobox over the names in the register (WAI-ARIA 1.2, list
// autocomplete). Fields may be added to a page later; all listen through the document. Without
// this file the name and the country are enough.

const DELAY = 150;
const states = new WeakMap();

function fieldOf(element) {
  const box = element?.closest?.("[data-lookup]");
  if (!box) return null;
  if (!states.has(box)) states.set(box, setUp(box));
  return states.get(box);
}

function setUp(box) {
  const input = box.querySelector(".lookup-box input");
  const list = box.querySelector("[role=listbox]");
  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-haspopup": "listbox",
    "aria-expanded": "false",
    "aria-controls": list.id,
  })) input.setAttribute(name, value);
  box.querySelector("[data-take-back]").hidden = false;
  return {
    box,
    input,
    list,
    id: box.querySelector("input[type=hidden]"),
    country: box.querySelector(".lookup-country select"),
    chosen: box.querySelector(".lookup-chosen"),
    like: box.querySelector("[data-like-part]"),
    said: box.querySelector("[role=status]"),
    // The country that a choice filled in, which the next choice may replace.
    filled: "",
    active: -1,
  };
}

const options = (field) => [...field.list.children];
const isOpen = (field) => !field.list.hidden;

function say(field, text) {
  field.said.textContent = text ?? "";
}

function close(field) {
  field.asked?.abort();
  clearTimeout(field.timer);
  field.list.hidden = true;
  field.input.setAttribute("aria-expanded", "false");
  highlight(field, -1);
}

function highlight(field, place) {
  field.active = place;
  options(field).forEach((option, at) => option.setAttribute("aria-selected", String(at === place)));
  const option = options(field)[place];
  if (option) {
    field.input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else {
    field.input.removeAttribute("aria-activedescendant");
  }
}

// A part of a page for what is typed now; whatever was asked before is not waited for.
async function ask(field, address, parameters) {
  field.asked?.abort();
  field.asked = new AbortController();
  const { signal } = field.asked;
  try {
    const response = await fetch(`${address}?${new URLSearchParams(parameters)}`, {
      signal,
      headers: { "X-Requested-With": "fetch" },
    });
    // Somebody who was signed out meanwhile is led to another page.
    if (!response.ok || response.redirected) throw new Error(response.statusText);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    return signal.aborted ? null : page.body.firstElementChild;
  } catch {
    if (!signal.aborted) say(field, field.box.dataset.away);
    return null;
  }
}

// Invented organizations are offered, or none is made, where the field says so.
function wishes(field) {
  const said = ["invented", "known"].filter((wish) => wish in field.box.dataset);
  return Object.fromEntries(said.map((wish) => [wish, "yes"]));
}

async function search(field) {
  const q = field.input.value.trim();
  if (!q) return close(field);
  const parameters = { q, ...wishes(field) };
  const found = await ask(field, field.box.dataset.options, parameters);
  if (!found || document.activeElement !== field.input) return;
  field.list.replaceChildren(...found.children);
  options(field).forEach((option, at) => (option.id = `${field.list.id}-${at}`));
  field.list.hidden = !options(field).length;
  field.input.setAttribute("aria-expanded", String(isOpen(field)));
  highlight(field, -1);
  say(field, found.dataset.said);
}

function searchSoon(field) {
  clearTimeout(field.timer);
  field.timer = setTimeout(() => search(field), DELAY);
}

// What the name means while no organization is chosen: a known one, or a new one that may be like
// known ones.
async function compare(field) {
  if (field.id.value) return;
  const name = field.input.value.trim();
  if (!name) return field.like.replaceChildren();
  const parameters = { name, country: field.country.value, ...wishes(field) };
  const found = await ask(field, field.box.dataset.like, parameters);
  if (field.id.value || field.input.value.trim() !== name) return;
  field.like.replaceChildren(...(found ? [found] : []));
  if (found) say(field, found.textContent.trim().replace(/\s+/g, " "));
}

function changed(element) {
  element.dispatchEvent(new Event("input", { bubbles: true }));
  element.dispatchEvent(new Event("change", { bubbles: true }));
}

// With the choice goes the country that came with it.
function takeBack(field) {
  if (!field.id.value) return;
  if (field.filled && field.country.value === field.filled) {
    field.country.value = "";
    changed(field.country);
  }
  field.filled = "";
  setId(field, "", "");
}

function setId(field, value, words) {
  const before = field.id.value;
  field.id.value = value;
  field.chosen.hidden = !value;
  field.chosen.querySelector("[data-chosen]").textContent = words.trim();
  if (value !== before) changed(field.id);
}

function choose(field, { id, name, country, chosen }) {
  close(field);
  field.input.value = name;
  if (country && (!field.country.value || field.country.value === field.filled)) {
    field.country.value = country;
    field.filled = country;
    changed(field.country);
  }
  field.like.replaceChildren();
  setId(field, id, chosen);
  field.input.dispatchEvent(new Event("change", { bubbles: true }));
  say(field, `${name}, ${chosen.trim()}`);
}

function take(field, option) {
  if (!("new" in option.dataset)) return choose(field, option.dataset);
  close(field);
  compare(field);
}

document.addEventListener("input", (event) => {
  const field = fieldOf(event.target);
  if (!field || event.target !== field.input || event.isComposing) return;
  takeBack(field);
  field.like.replaceChildren();
  searchSoon(field);
});

// While Chinese is composed of letters these are no search; what comes of them is.
document.addEventListener("compositionend", (event) => {
  const field = fieldOf(event.target);
  if (!field || event.target !== field.input) return;
  takeBack(field);
  field.like.replaceChildren();
  searchSoon(field);
});

document.addEventListener("keydown", (event) => {
  const field = fieldOf(event.target);
  if (!field || event.target !== field.input || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const all = options(field);
  const active = isOpen(field) ? all[field.active] : null;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (!isOpen(field)) return void search(field);
    // Beyond either end stands what was typed, with nothing highlighted.
    const step = event.key === "ArrowDown" ? 1 : -1;
    const next = field.active + step;
    highlight(field, next < -1 ? all.length - 1 : next >= all.length ? -1 : next);
  } else if (event.key === "Enter" && isOpen(field)) {
    event.preventDefault();
    if (active) take(field, active);
    else close(field);
  } else if (event.key === "Escape" && isOpen(field)) {
    event.preventDefault();
    event.stopPropagation();
    close(field);
  } else if (event.key === "Tab" && active) {
    take(field, active);
  }
});

// The list would lose the focus to a click before it is chosen from.
document.addEventListener("mousedown", (event) => {
  if (event.target.closest("[data-lookup] [role=listbox]")) event.preventDefault();
});

document.addEventListener("click", (event) => {
  const field = fieldOf(event.target);
  if (!field) return;
  const option = event.target.closest("[role=option]");
  const use = event.target.closest("button[data-use]");
  if (option) take(field, option);
  else if (use) {
    choose(field, use.dataset);
    field.input.focus();
  } else if (event.target.closest("[data-take-back]")) {
    takeBack(field);
    field.input.focus();
    field.input.select();
  }
});

document.addEventListener("change", (event) => {
  const field = fieldOf(event.target);
  if (!field) return;
  if (event.target === field.country) {
    if (field.country.value !== field.filled) field.filled = "";
    compare(field);
  } else if (event.target.matches("input[type=radio][data-use]")) {
    choose(field, event.target.dataset);
  }
});

document.addEventListener("focusin", (event) => fieldOf(event.target));
document.addEventListener("focusout", (event) => {
  const field = fieldOf(event.target);
  if (!field || event.target !== field.input) return;
  close(field);
  if (!field.box.contains(event.relatedTarget) || event.relatedTarget === field.country) compare(field);
});

for (const box of document.querySelectorAll("[data-lookup]")) fieldOf(box);
