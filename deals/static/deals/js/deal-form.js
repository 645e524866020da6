// The form of a deal: rows that come and go, keys, what was there before, which facts are disputed.
// Everything else of the form works without it.

const form = document.querySelector("#deal-form");
const MARK = "NUMBER";

function changed() {
  form.dispatchEvent(new Event("input", { bubbles: true }));
}

// Buttons and boxes that need this script are hidden in the HTML, so no button is ever dead.
function reveal(within) {
  for (const one of within.querySelectorAll("[data-add], [data-remove], [data-with-script]")) one.hidden = false;
}

function numbers(list) {
  const names = [...form.elements].map((field) => field.name?.match(`^${list}-(\\d+)-`)?.[1]);
  return names.filter((found) => found !== undefined).map(Number);
}

// The row is a copy of the page's own template; only the number in its names and ids is its own.
export function addRow(list, number = Math.max(-1, ...numbers(list)) + 1) {
  const row = document.querySelector(`#new-${list}`).content.firstElementChild.cloneNode(true);
  for (const node of [row, ...row.querySelectorAll("*")]) {
    for (const attribute of node.attributes) attribute.value = attribute.value.replaceAll(MARK, number);
  }
  form.querySelector(`[data-rows="${list}"]`).append(row);
  reveal(row);
  window.htmx?.process(row);
  return row;
}

function addAndFocus(list) {
  const row = addRow(list);
  for (let box = row.closest("details"); box; box = null) box.open = true;
  row.querySelector("input:not([type=hidden]), select, textarea").focus();
}

function remove(row) {
  const next = row.nextElementSibling ?? row.previousElementSibling;
  const list = row.parentElement;
  row.remove();
  const field = next?.querySelector("input:not([type=hidden]), select, textarea");
  (field ?? list.parentElement.querySelector("[data-add]"))?.focus();
  changed();
}

function valueOf(name) {
  if (name !== "sectors") return form.elements[name]?.value ?? "";
  return [...form.querySelectorAll("[name=sectors]:checked")].map((box) => box.value).sort().join(" ");
}

function showWas() {
  for (const was of form.querySelectorAll("[data-of]")) was.hidden = valueOf(was.dataset.of) === was.dataset.was;
}

// A fact of which a source says something else needs a reason for the value that was chosen.
function showChoices() {
  const disputed = new Set();
  for (const stated of form.querySelectorAll("[data-source-stated]")) {
    const field = stated.closest("[data-row]").querySelector("[data-source-field]");
    if (stated.value.trim()) disputed.add(field.value);
  }
  for (const choice of form.querySelectorAll("[data-choice]")) {
    choice.hidden = !disputed.has(choice.dataset.choice) && !choice.querySelector("input").value;
  }
}

// The first row that still lacks something: who it is, then where from.
function focusIn(list) {
  const fields = [...list.querySelectorAll("input[name$='-name'], select[name$='-country']")];
  (fields.find((field) => !field.value) ?? list.lastElementChild.querySelector("input")).focus();
}

// Rows that were read from a line take the place of those in which nothing had been typed.
function pasted(list) {
  reveal(list);
  const line = document.querySelector("#investor-line");
  const empty = (row) => [...row.querySelectorAll("input, select")].every((field) => !field.value);
  for (const row of [...list.children].filter(empty)) row.remove();
  if (!list.children.length) addRow("investors");
  line.value = "";
  focusIn(list);
  changed();
}

const keys = {
  "Control Enter": () => form.requestSubmit(form.querySelector(".button-main[name=action]")),
  "Control KeyS": () => document.dispatchEvent(new Event("draft:save")),
  "Alt KeyI": () => addAndFocus("investors"),
  "Alt KeyS": () => addAndFocus("sources"),
};

function pressed(event) {
  if (event.isComposing || event.shiftKey) return;
  const held = event.ctrlKey || event.metaKey ? "Control" : event.altKey ? "Alt" : "";
  const act = keys[`${held} ${event.code.replace("Numpad", "")}`];
  if (act) {
    event.preventDefault();
    act();
  } else if (event.key === "Enter" && !held && event.target.id === "investor-line") {
    event.preventDefault();
    form.querySelector("[data-paste]").click();
  } else if (event.key === "Enter" && !held && event.target.matches("input:not([type=checkbox])") && !event.defaultPrevented) {
    // Enter in a line of text saves; only the button and Ctrl+Enter hand in.
    event.preventDefault();
    keys["Control KeyS"]();
  }
}

if (form) {
  reveal(document);
  document.addEventListener("keydown", pressed);
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.add) addAndFocus(button.dataset.add);
    if (button?.dataset.remove !== undefined) remove(button.closest("[data-row]"));
  });
  for (const kind of ["input", "change"]) {
    form.addEventListener(kind, () => {
      showWas();
      showChoices();
    });
  }
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target?.id === "investor-rows") pasted(event.detail.target);
  });
  // What a field means now takes the place of what was wrong with it when it was sent.
  document.addEventListener("htmx:afterRequest", (event) => {
    const name = event.detail.successful && event.target.getAttribute?.("aria-describedby")?.includes("meaning-") && event.target.id;
    if (!name) return;
    document.getElementById(`${name}-error`)?.remove();
    event.target.removeAttribute("aria-invalid");
  });
}
