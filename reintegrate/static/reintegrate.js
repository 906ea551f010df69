/* Comforts on pages that work without script. */
(() => {
  "use strict";
  const KEPT_MS = 12 * 3_600_000, RETRY_MS = 10_000;
  const find = (selector, root = document) => [...root.querySelectorAll(selector)];
  const { user = "", saved } = document.body.dataset;

  /* Storage may be full or blocked. */
  const attempt = (act) => { try { return act(); } catch { return null; } };
  const read = (store, key) => attempt(() => JSON.parse(window[store].getItem(key)));
  const write = (store, key, value) => attempt(() => window[store].setItem(key, JSON.stringify(value)));
  const drop = (...keys) => attempt(() => keys.forEach((key) => sessionStorage.removeItem(key)));

  /* "/" goes to the search field, and can be turned off (WCAG 2.1.4). */
  const slash = document.querySelector("[data-slash]");
  const search = document.querySelector("[data-search]");
  let slashOn = read("localStorage", "ri-slash") !== false;
  if (slash) {
    slash.hidden = false;
    slash.setAttribute("aria-pressed", slashOn);
    slash.addEventListener("click", () => {
      slash.setAttribute("aria-pressed", slashOn = !slashOn);
      write("localStorage", "ri-slash", slashOn);
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || !search || !slashOn
      || event.target.closest("input, textarea, select")) return;
    event.preventDefault();
    search.focus();
    search.select();
  });

  /* Focus never hides under what sticks to the top. */
  const sticky = find(".identity, .identity-who");
  if (sticky.length && "ResizeObserver" in window) {
    const watcher = new ResizeObserver(() => {
      const stuck = sticky.filter((part) => getComputedStyle(part).position === "sticky").map((part) => part.offsetHeight);
      document.documentElement.style.setProperty("--ri-stuck", `${Math.max(0, ...stuck) + 16}px`);
    });
    sticky.forEach((part) => watcher.observe(part));
  }

  /* The current link of a strip comes into view. */
  for (const strip of find("[data-strip]")) {
    const here = strip.querySelector("[aria-current]")?.getBoundingClientRect();
    const frame = strip.getBoundingClientRect();
    if (here) strip.scrollLeft += here.left + here.width / 2 - frame.left - frame.width / 2;
  }

  /* One box ticks all the rows of its form. */
  for (const box of find("[data-pick-all]")) {
    const rows = find(`input[type=checkbox][form="${box.dataset.pickAll}"]`);
    box.hidden = false;
    box.addEventListener("change", () => rows.forEach((row) => { row.checked = box.checked; }));
    rows.forEach((row) => row.addEventListener("change", () => { box.checked = rows.every((one) => one.checked); }));
  }

  /* Folded parts stay as this device left them. */
  for (const part of find("details[data-remember]")) {
    const key = `ri-open:${part.dataset.remember}`;
    part.open = read("localStorage", key) ?? part.open;
    part.addEventListener("toggle", () => write("localStorage", key, part.open));
  }

  /* Typed text is kept until saved: for this tab, user and address; never passwords or files. */
  const kept = (form) => [...form.elements].filter((field) => field.name && !field.closest("[data-no-keep]")
    && !["hidden", "password", "file", "submit", "button"].includes(field.type));
  const ticks = (field) => ["checkbox", "radio"].includes(field.type);
  const snapshot = (form) => kept(form).map((field) => [field.name, ticks(field) ? field.checked
    : field.multiple ? [...field.selectedOptions].map((option) => option.value) : field.value]);
  const put = (field, value) => {
    if (ticks(field)) field.checked = value;
    else if (field.multiple) [...field.options].forEach((option) => { option.selected = value.includes(option.value); });
    else field.value = value;
  };
  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
  const sent = read("sessionStorage", "ri-sent");
  if (sent && saved !== undefined) drop(sent, "ri-sent");

  let leaving = false;
  const unsaved = new Set();
  addEventListener("beforeunload", (event) => { if (unsaved.size && !leaving) event.preventDefault(); });
  find("form[data-keep]").forEach((form, number) => {
    const key = `ri-keep:${location.pathname}#${number}`;
    const opened = snapshot(form);
    const save = () => { if (unsaved.has(form)) write("sessionStorage", key, { user, at: Date.now(), fields: snapshot(form) }); };
    let timer;
    form.addEventListener("input", () => {
      unsaved.add(form);
      clearTimeout(timer);
      timer = setTimeout(save, 400);
    });
    form.addEventListener("submit", () => { save(); write("sessionStorage", "ri-sent", key); });
    const old = read("sessionStorage", key);
    if (old && (old.user !== user || Date.now() - old.at > KEPT_MS)) return drop(key);
    const offer = form.querySelector("[data-put-back]");
    if (!old || !offer || same(old.fields, opened)) return;
    offer.hidden = false;
    const answer = (button, act) => offer.querySelector(button).addEventListener("click", () => {
      act();
      offer.hidden = true;
      kept(form)[0]?.focus();
    });
    answer("[data-put-back-no]", () => drop(key));
    answer("[data-put-back-yes]", () => {
      for (const field of kept(form)) {
        const at = old.fields.findIndex(([name]) => name === field.name);
        if (at >= 0) put(field, old.fields.splice(at, 1)[0][1]);
      }
      unsaved.add(form);
    });
  });

  /* Who goes back and sends the same again sends the number of the first time, which has its effect already. */
  const cameBack = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
  const digest = (text) => `${text.length}.${[...text].reduce((sum, sign) => (Math.imul(sum, 31) + sign.codePointAt(0)) | 0, 7)}`;
  const number = (form, submitter) => {
    const field = form.elements.operation_id, key = `ri-done:${form.action}`;
    if (!field) return;
    const print = digest(JSON.stringify([snapshot(form), submitter?.name]));
    const last = read("sessionStorage", key);
    if (cameBack && last?.print === print) field.value = last.number;
    write("sessionStorage", key, { number: field.value, print });
  };

  /* A second press waits ten seconds. */
  const busy = (form, is) => {
    form.toggleAttribute("data-busy", is);
    find("[type=submit]", form).forEach((button) => button.setAttribute("aria-disabled", is));
    leaving = is;
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented) return;
    leaving = true;
    if (!form.matches("[data-once]")) return;
    if (form.matches("[data-busy]")) return event.preventDefault();
    number(form, event.submitter);
    busy(form, true);
    setTimeout(busy, RETRY_MS, form, false);
  });
  addEventListener("pageshow", (event) => { if (event.persisted) find("[data-busy]").forEach((form) => busy(form, false)); });

  /* Signing out leaves no typed text on a shared device. */
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-sign-out]")) attempt(() => sessionStorage.clear());
  });

  document.querySelector("[data-focus]")?.focus();
})();
