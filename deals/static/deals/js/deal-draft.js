// Saves the form of a deal while somebody types, and keeps in this browser what could not be saved.

import { addRow } from "./deal-form.js";
import { ROW, meant, store } from "./draft-store.js";

const form = document.querySelector("#deal-form");
const IDLE = 1000;
const LONGEST_WAIT = 60;
// What belongs to the page and not to the deal.
const OWN = new Set(["csrfmiddlewaretoken", "form", "revision", "seen", "line", "action"]);

const clock = (time) => new Date(time).toLocaleTimeString(document.documentElement.lang, { hourCycle: "h23" });
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

function typed() {
  return [...new FormData(form)].filter(([name, value]) => !OWN.has(name) && value !== "");
}

class Saver {
  constructor() {
    this.state = document.querySelector("[data-state]");
    this.known = JSON.stringify(typed());
    this.saving = this.stopped = this.leaving = false;
    this.kept = true;
    this.wait = 1;
    form.addEventListener("input", () => this.touched());
    form.addEventListener("change", () => this.touched());
    form.addEventListener("submit", (event) => this.leave(event));
    document.addEventListener("draft:save", () => this.save());
    addEventListener("online", () => this.retry());
    addEventListener("focus", () => this.retry());
    addEventListener("pageshow", () => (this.leaving = false));
    addEventListener("beforeunload", (event) => {
      if (this.dirty() && !this.kept && !this.leaving) event.preventDefault();
    });
  }

  key() {
    return form.dataset.store;
  }

  dirty() {
    return JSON.stringify(typed()) !== this.known;
  }

  touched() {
    if (!this.dirty()) return;
    clearTimeout(this.timer);
    this.keep();
    this.timer = setTimeout(() => this.save(), IDLE);
    if (!this.trouble) this.show(this.kept ? "typing" : "onlyHere");
  }

  keep() {
    this.typedAt = Date.now();
    this.kept = store.set(this.key(), { at: this.typedAt, form: form.elements.form.value, entries: typed() });
  }

  retry() {
    if (this.trouble && this.dirty()) this.save();
  }

  async save() {
    clearTimeout(this.timer);
    if (this.saving || this.stopped || this.leaving || !this.dirty()) return;
    this.saving = true;
    this.show("saving");
    const sent = JSON.stringify(typed());
    try {
      await this.answered(await this.post(), sent);
    } catch {
      this.later("offline");
    }
    this.saving = false;
    if (this.after) {
      const go = this.after;
      this.after = null;
      go();
    } else if (!this.trouble && this.dirty()) {
      this.timer = setTimeout(() => this.save(), IDLE);
    }
  }

  post() {
    const body = new URLSearchParams(new FormData(form));
    body.delete("line");
    const headers = { Accept: "application/json" };
    return fetch(form.dataset.save, { method: "POST", body, headers, signal: AbortSignal.timeout(20000) });
  }

  async answered(response, sent, again = true) {
    if (response.status === 403 && again) {
      const found = await this.freshToken();
      if (found === null) return this.signedOut();
      if (found) return this.answered(await this.post(), sent, false);
    }
    const json = response.headers.get("Content-Type")?.startsWith("application/json");
    const said = json ? await response.json() : {};
    if (response.status === 401 || response.redirected) return this.signedOut(said.sign_in);
    if (response.status === 409) return this.overtaken(said);
    if (response.status === 410) return this.closed(said);
    if (response.ok && json) return this.saved(said, sent);
    if (response.status >= 500) return this.later("offline");
    this.show("refused", { why: said.message ?? response.statusText }, true);
  }

  saved(said, sent) {
    this.adopt(said);
    this.known = sent;
    this.trouble = false;
    this.wait = 1;
    if (this.dirty()) this.keep();
    else store.drop(this.key());
    this.show("saved", { time: clock(said.saved) });
  }

  // From now on this page is the page of that draft.
  adopt(said) {
    const own = form.dataset.store.split(":").slice(0, 2);
    store.drop(this.key());
    form.dataset.store = [...own, said.store].join(":");
    form.dataset.save = said.save;
    form.elements.revision.value = said.revision;
    // A button of the form is called "action", which hides the property of that name.
    form.setAttribute("action", said.page);
    if (location.pathname !== said.page) history.replaceState(null, "", said.page);
  }

  later(why) {
    clearTimeout(this.timer);
    this.show(why, { seconds: this.wait }, true);
    this.timer = setTimeout(() => this.save(), this.wait * 1000);
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
  }

  signedOut(address) {
    this.show("signedOut", {}, true);
    const link = document.createElement("a");
    link.href = address ?? form.dataset.signIn;
    link.target = "_blank";
    link.textContent = this.state.dataset.signInAgain;
    this.state.append(" ", link, ".");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), 15000);
  }

  // Signing in gives a new token; the page of this very form has it. Null where somebody who is
  // not signed in is led elsewhere.
  async freshToken() {
    const page = await fetch(location.href, { headers: { Accept: "text/html" } });
    const found = new DOMParser().parseFromString(await page.text(), "text/html");
    const token = found.querySelector("#deal-form [name=csrfmiddlewaretoken]")?.value;
    if (token) form.elements.csrfmiddlewaretoken.value = token;
    return token ?? (page.redirected ? null : "");
  }

  overtaken(said) {
    this.stopped = true;
    this.show("stopped", {}, true);
    const notice = document.querySelector("[data-conflict]");
    const text = notice.querySelector("[data-conflict-text]");
    text.textContent = fill(text.dataset.template, { theirs: clock(said.saved), mine: clock(this.typedAt ?? Date.now()) });
    notice.hidden = false;
    notice.querySelector("[data-conflict-load]").onclick = () => {
      store.drop(this.key());
      this.leaving = true;
      location.assign(said.page);
    };
    notice.querySelector("[data-conflict-keep]").onclick = () => {
      notice.hidden = true;
      this.stopped = this.trouble = false;
      this.adopt(said);
      this.keep();
      this.save();
    };
    notice.querySelector("button").focus();
  }

  closed(said) {
    this.stopped = true;
    this.show("closed", {}, true);
    const link = document.createElement("a");
    link.href = said.page;
    link.textContent = said.message;
    this.state.append(" ", link);
  }

  leave(event) {
    clearTimeout(this.timer);
    if (this.leaving || !navigator.onLine) {
      event.preventDefault();
      if (!navigator.onLine) this.later("offline");
    } else if (this.saving) {
      // What is on its way would make this one look like that of another window.
      event.preventDefault();
      const button = event.submitter;
      this.after = () => form.requestSubmit(button);
    } else {
      this.leaving = true;
    }
  }

  // Only trouble is read out: being told each second that all is well would drown the form.
  show(name, values = {}, trouble = false) {
    if (trouble) this.state.setAttribute("role", "alert");
    else this.state.removeAttribute("role");
    this.trouble = trouble || (name === "saving" && this.trouble);
    this.state.classList.toggle("trouble", trouble);
    this.state.textContent = fill(this.state.dataset[name], values);
  }
}

function restore(entries) {
  for (const [name] of entries) {
    const [, list, number] = name.match(ROW) ?? [];
    if (list && !form.elements[name]) addRow(list, Number(number));
  }
  for (const field of form.elements) {
    if (!field.name || OWN.has(field.name)) continue;
    if (field.type === "checkbox") field.checked = entries.some(([name, value]) => name === field.name && value === field.value);
    else field.value = entries.find(([name]) => name === field.name)?.[1] ?? "";
  }
  // For what shows itself by the values: old ones, disputed facts, organizations that were chosen.
  for (const box of form.querySelectorAll("[data-lookup]")) {
    const id = box.querySelector("input[type=hidden]").value;
    box.querySelector(".lookup-chosen").hidden = !id;
    box.querySelector("[data-chosen]").textContent = id;
  }
  for (const read of form.querySelectorAll("input[hx-post]")) read.dispatchEvent(new Event("input", { bubbles: true }));
  form.dispatchEvent(new Event("input", { bubbles: true }));
}

function offer() {
  const unsaved = form.dataset.store.includes(":new:");
  const kept = unsaved ? store.newest(form.dataset.store.replace(/[^:]*$/, "")) : store.get(form.dataset.store);
  if (!kept?.entries?.length) return;
  if (meant(kept.entries) === meant(typed())) return store.drop(kept.key ?? form.dataset.store);
  const notice = document.querySelector("[data-kept]");
  const text = notice.querySelector("[data-kept-text]");
  text.textContent = fill(text.dataset.template, { time: clock(kept.at) });
  notice.hidden = false;
  notice.querySelector("[data-kept-use]").onclick = () => {
    notice.hidden = true;
    if (unsaved) {
      form.elements.form.value = kept.form;
      form.dataset.store = kept.key;
    }
    restore(kept.entries);
  };
  notice.querySelector("[data-kept-drop]").onclick = () => {
    notice.hidden = true;
    store.drop(kept.key ?? form.dataset.store);
  };
}

for (const done of document.querySelectorAll("[data-forget]")) store.drop(done.dataset.forget);
if (form) {
  const saver = new Saver();
  if (form.dataset.dirty !== undefined) {
    // It came back from the server without having been saved there.
    saver.known = "";
    saver.touched();
  } else if (document.querySelector("#overtaken")) {
    // A person chooses by a button which of the two windows stands.
    saver.keep();
    saver.stopped = true;
    saver.show("stopped");
  } else {
    offer();
  }
}
