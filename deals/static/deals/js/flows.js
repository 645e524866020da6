// The form of /flows/: sends only what differs from the defaults, and says what came back.

const form = document.querySelector("[data-question]");
const status = document.querySelector("#question-status");

function isDefault(name, value) {
  const field = form.elements.namedItem(name);
  return value === "" || value === field?.dataset?.default;
}

form.addEventListener("htmx:configRequest", (event) => {
  for (const [name, value] of Object.entries(event.detail.parameters)) {
    if (isDefault(name, value)) delete event.detail.parameters[name];
  }
});

function failed() {
  status.textContent = "The answer could not be fetched.";
  const notice = document.createElement("p");
  notice.className = "notice notice-bad";
  notice.textContent =
    "The answer could not be fetched. What stands below is the answer to the question before; check the connection and press Show.";
  document.querySelector("#answer").prepend(notice);
}

document.addEventListener("htmx:sendError", failed);
document.addEventListener("htmx:responseError", failed);
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id !== "answer") return;
  status.textContent = event.target.querySelector("[data-finding], h2")?.textContent ?? "";
});
