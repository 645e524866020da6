// Keys in lists of pairs and in the comparison of one. They work only while the focus is inside it
// and not in a field that takes text, so that they come in nobody's way; j alone leads into it.
//
// j and k lead to the next and the previous pair, or, inside a comparison, to the next and the
// previous fact. 1, 2 and 3 choose in the fact at hand; other keys press what names them.

const pairs = [...document.querySelectorAll(".pair")];
const hint = document.querySelector("[data-pairs-hint]");
const comparison = pairs.find((pair) => "rows" in pair.dataset);
if (hint && (pairs.length > 1 || comparison || document.querySelector("[data-key]"))) hint.hidden = false;

const typesText = (element) => element.closest("textarea, select, input:not([type=radio], [type=checkbox])");
const rows = () => [...comparison.querySelectorAll("[data-row]")];

function step(by, from) {
  if (!comparison) return pairs[pairs.indexOf(from.closest(".pair")) + by]?.focus();
  const all = rows();
  const here = all.indexOf(from.closest("[data-row]"));
  const next = all[here < 0 && by < 0 ? all.length - 1 : here + by];
  (next?.querySelector("input:checked") ?? next?.querySelector("input"))?.focus();
}

function choose(place, from, pair) {
  const radios = (from.closest("[data-row]") ?? pair.querySelector("[data-row], .keep"))?.querySelectorAll("input[type=radio]");
  const radio = radios?.[place];
  if (!radio) return;
  radio.focus();
  radio.click();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const pair = event.target.closest(".pair");
  // Whoever has just arrived is led in by j, to the first pair or the first fact.
  const arrived = event.target === document.body && event.key === "j";
  if (!arrived && (!pair || typesText(event.target))) return;
  if (arrived) comparison ? step(1, document.body) : pairs[0]?.focus();
  else if (event.key === "j" || event.key === "k") step(event.key === "j" ? 1 : -1, event.target);
  else if ("123".includes(event.key)) choose(Number(event.key) - 1, event.target, pair);
  else if (/^[a-z]$/.test(event.key)) {
    const pressed = pair.querySelector(`[data-key="${event.key}"]`);
    if (!pressed) return;
    // What is still to be filled in comes first.
    const open = [...pair.querySelectorAll("textarea[required]")].find((field) => !field.value.trim());
    if (event.key === "m" && open) open.focus();
    else pressed.click();
  } else return;
  event.preventDefault();
});
