// In a list of pairs j and k lead to the next and the previous one. They work only while the focus
// is inside the list and not in a field, so that they come in nobody's way.

const pairs = [...document.querySelectorAll(".pair")];
const hint = document.querySelector("[data-pairs-hint]");
if (hint && pairs.length > 1) hint.hidden = false;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest("textarea")) return;
  const step = { j: 1, k: -1 }[event.key];
  const here = pairs.indexOf(event.target.closest(".pair"));
  if (!step || here < 0) return;
  pairs[here + step]?.focus();
});
