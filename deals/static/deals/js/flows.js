// The form of /flows/: boxes that exclude each other, and what came back said to screen readers.

const form = document.querySelector("[data-question]");
const status = document.querySelector("#question-status");

// The countries of each region by its code.
const regions = Object.fromEntries(form.dataset.regions.split(";").map((text) => text.split(":")));

// A region stands for its countries, and "all" for every word, so ticking one clears the other.
function settle(box) {
  const others = [...form.querySelectorAll(`input[name="${box.name}"]:checked`)].filter((one) => one !== box);
  const held = (one) => (regions[one.value] ?? "").split(",");
  for (const other of others) {
    const clash =
      box.value === "all" || other.value === "all" || held(other).includes(box.value) || held(box).includes(other.value);
    if (clash) other.checked = false;
  }
}

// Before htmx reads the form, which it does on the same event further up.
form.addEventListener(
  "change",
  (event) => {
    if (event.target.type === "checkbox" && event.target.checked) settle(event.target);
  },
  true,
);

// Boxes and fields that the page left out come when somebody opens what is around them. Each comes by
// itself, and until it is there its button stays, which can be pressed again.
async function fetchLater(button) {
  if (button.ariaBusy) return;
  button.ariaBusy = "true";
  try {
    const answer = await fetch(button.dataset.later, { headers: { "HX-Request": "true" } });
    if (!answer.ok) return;
    const text = await answer.text();
    const focused = document.activeElement === button;
    const [around, before] = [button.parentElement, button.previousElementSibling];
    htmx.swap(button, text, { swapStyle: "outerHTML", swapDelay: 0, settleDelay: 0 });
    const first = before ? before.nextElementSibling : around.firstElementChild;
    if (focused) first?.querySelector("input, select, summary")?.focus();
  } catch {
    // The connection is gone; whoever asks a question is told so.
  } finally {
    button.ariaBusy = null;
  }
}
form.addEventListener(
  "toggle",
  (event) => {
    const button = event.target.querySelector("[data-later]");
    if (window.htmx && event.target.open && button?.closest("details") === event.target) fetchLater(button);
  },
  true,
);
form.addEventListener("click", (event) => {
  const button = event.target.closest("[data-later]");
  // Where htmx did not come, the button brings the whole form as it does without a script.
  if (!button || !window.htmx) return;
  event.preventDefault();
  fetchLater(button);
});

// A tab is a link; with a script it brings its chart alone.
function quickenTabs() {
  if (!window.htmx) return;
  for (const tab of document.querySelectorAll(".tabs a:not([hx-get])")) {
    tab.setAttribute("hx-get", tab.getAttribute("href").split("#")[0]);
    htmx.process(tab);
  }
}
quickenTabs();
document.addEventListener("htmx:afterSwap", quickenTabs);

function closePicks(except) {
  for (const pick of form.querySelectorAll("details.pick")) if (pick !== except) pick.open = false;
}
document.addEventListener("click", (event) => closePicks(event.target.closest("details.pick")));
form.addEventListener("focusin", (event) => closePicks(event.target.closest("details.pick")));
form.addEventListener("keydown", (event) => {
  const pick = event.key === "Escape" && event.target.closest("details.pick[open]");
  if (!pick) return;
  pick.open = false;
  pick.querySelector("summary").focus();
});

function failed() {
  status.textContent = form.dataset.failed;
  const notice = document.createElement("p");
  notice.className = "notice notice-bad";
  notice.textContent = form.dataset.failed;
  document.querySelector("#answer").prepend(notice);
}

document.addEventListener("htmx:sendError", failed);
document.addEventListener("htmx:responseError", failed);
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id === "answer") {
    status.textContent = event.target.querySelector("[data-finding], h2")?.textContent ?? "";
  } else if (event.target.id === "charts") {
    status.textContent = event.target.querySelector("h2")?.textContent ?? "";
  }
});
// The new row of tabs has the open one in the place of the old; the focus stays where it was.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id === "charts") event.target.querySelector("[aria-current]")?.focus({ preventScroll: true });
});
