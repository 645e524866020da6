// A passkey that was not given is said on the page, not thrown away into the console.
const problem = document.querySelector("[data-passkey-problem]");

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  if (problem) problem.hidden = false;
});
