// The form of /flows/: boxes that exclude each other, and what came back said to screen readers.

const form = document.querySelector("[data-question]");
const status = document.querySelector("#question-status");

// A region stands for its countries, and "all" for every word, so ticking one clears the other.
function settle(box) {
  const others = [...form.querySelectorAll(`input[name="${box.name}"]:checked`)].filter((one) => one !== box);
  const held = (one) => (one.dataset.holds ?? "").split(",");
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

const picks = [...form.querySelectorAll("details.pick")];
function closePicks(except) {
  for (const pick of picks) if (pick !== except) pick.open = false;
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
